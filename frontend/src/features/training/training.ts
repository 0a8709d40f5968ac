import type { Schemas } from "../../api/client";
import { hasEnded } from "../../canvas/run/taskStates";
import type { Text } from "../../lib/localize";

export type Training = Schemas["Training"];
export type Alarm = Schemas["Alarm"];

/** Milliseconds between two looks at the list: while something trains, and while nothing does. */
export const REFRESH = { busy: 2_000, idle: 15_000 } as const;

export function isOver(training: Training): boolean {
  return hasEnded(training.state);
}

/** The training that the page shows: the one that the address names, else the latest that runs, else the latest. */
export function chosenOf(trainings: readonly Training[], id: number | null): Training | undefined {
  return (
    trainings.find((training) => training.id === id) ??
    trainings.find(({ state }) => state === "running") ??
    trainings[0]
  );
}

/** The trainings whose losses are drawn together: the ticked ones, with the one that is shown, in the list's order. */
export function overlaid(trainings: readonly Training[], ticked: readonly number[], shown: number): Training[] {
  const wanted = new Set([...ticked, shown]);
  return trainings.filter(({ id }) => wanted.has(id));
}

/** From 0 to 1; what has ended well is complete, also where it stopped early. */
export function progressOf({ state, progress }: Training): number {
  return state === "done" ? 1 : (progress ?? 0);
}

/** A title as the API gives it: a text, or one per language. */
export function titleOf(training: Training): Text {
  const title: unknown = training.title;
  if (typeof title === "string") return title;
  if (typeof title !== "object" || title === null) return null;
  return Object.fromEntries(
    Object.entries(title).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

/** Warned of since it last reported: it may be stuck. Earlier warnings are past. */
export function isPresent(alarm: Alarm, { reported_at, state }: Training): boolean {
  if (alarm.code !== "warning") return true;
  return state === "running" && (reported_at === null || alarm.at === null || alarm.at > reported_at);
}
