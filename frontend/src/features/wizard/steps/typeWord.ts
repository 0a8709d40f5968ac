const WORDS = {
  int: "type.number",
  float: "type.number",
  bool: "type.yesNo",
  date: "type.date",
  datetime: "type.time",
} as const;

/** The key of the word for a column's type. */
export function typeWord(type: string) {
  return Object.hasOwn(WORDS, type) ? WORDS[type as keyof typeof WORDS] : "type.text";
}
