const KEY = "patchbay-clip";

/** To the system's clipboard; where the browser does not allow that, at least to the other tabs of this browser. */
export async function keepClip(text: string): Promise<void> {
  try {
    localStorage.setItem(KEY, text);
  } catch {
    // It is too large to be kept; the clipboard has it.
  }
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without permission, or without https.
  }
}

export async function keptClip(): Promise<string> {
  try {
    return await navigator.clipboard.readText();
  } catch {
    return localStorage.getItem(KEY) ?? "";
  }
}
