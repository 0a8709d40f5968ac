/** The steps of the yield flow, by their titles. */
export const READ = "Read dataset";
export const SPLIT = "Split into training and test rows";
export const TRAIN = "Gradient boosting";
export const PREDICT = "Predict";
export const EVALUATE = "Evaluate classification";
export const STEPS = [READ, SPLIT, TRAIN, PREDICT, EVALUATE] as const;
