/** The settings that a training logs when it begins, in lines of their own: one JSON object, whatever stands before. */
export function settingsIn(message: string): string | null {
  const begin = message.indexOf("{");
  if (begin < 0) return null;
  const text = message.slice(begin);
  try {
    const settings: unknown = JSON.parse(text);
    return typeof settings === "object" && settings !== null && "training" in settings ? text : null;
  } catch {
    return null;
  }
}
