/** Keys as commands write them: "Mod+Shift+Z", "Tab", "ArrowLeft", "?". */
export function keysOf(
  event: Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">,
): string {
  const name = keyName(event);
  // What Shift makes of a key other than a letter is in its name already: "?" is not "Shift+?".
  const isShiftNamed = name.length === 1 && !/[A-Z0-9]/.test(name);
  return [
    (event.ctrlKey || event.metaKey) && "Mod",
    event.altKey && "Alt",
    event.shiftKey && !isShiftNamed && "Shift",
    name,
  ]
    .filter(Boolean)
    .join("+");
}

function keyName({ key, code, shiftKey }: Pick<KeyboardEvent, "key" | "code" | "shiftKey">): string {
  // Shift+1 is "!" here and something else elsewhere: the place of the key counts.
  const digit = /^Digit(\d)$/.exec(code)?.[1];
  if (digit && shiftKey) return digit;
  if (key === " ") return "Space";
  return key.length === 1 ? key.toUpperCase() : key;
}

const IS_MAC = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.platform);

const NAMES: Readonly<Record<string, string>> = {
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
  Escape: "Esc",
  Delete: "Del",
};

/** The keys as a person reads them: ["Ctrl", "Z"]. */
export function keyParts(keys: string): string[] {
  // The last plus may be the key itself.
  return keys.split(/\+(?!$)/).map((part) => {
    if (part === "Mod") return IS_MAC ? "⌘" : "Ctrl";
    if (part === "Alt") return IS_MAC ? "⌥" : "Alt";
    return NAMES[part] ?? part;
  });
}

/** Whether somebody is writing there: keys are text then. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.closest(".cm-editor")) return true;
  if (target instanceof HTMLInputElement)
    return !["checkbox", "radio", "button", "submit", "range"].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

/** Whether a menu or dialog is in front: it has the keys. */
export function isInFront(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.closest('[role="dialog"], [role="menu"], [role="listbox"], .ant-modal-wrap, .ant-dropdown') !== null;
}

/** On the canvas, or nowhere in particular. */
export function isOnCanvas(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return true;
  return target === document.body || target.closest("[data-canvas]") !== null;
}
