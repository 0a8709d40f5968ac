const CONTROLS = "input, textarea, button, [contenteditable=true], [tabindex]:not([tabindex='-1'])";

/** Scrolls to a field and focuses its control; of a field within a list, the innermost that is there. */
export function focusOn(form: HTMLElement, path: readonly string[]): void {
  let place: Element | null = null;
  for (const part of path) {
    const within: Element = place ?? form;
    const next: Element | null = /^\d+$/.test(part)
      ? (within.querySelectorAll("fieldset")[Number(part)] ?? null)
      : ([...within.querySelectorAll("[data-field]")].find((row) => row.getAttribute("data-field") === part) ?? null);
    if (!next) break;
    place = next;
  }
  if (!place) return;
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  place.scrollIntoView({ block: "center", behavior: isCalm ? "auto" : "smooth" });
  const control = [...place.querySelectorAll<HTMLElement>(CONTROLS)].find(
    (element) => !element.closest("[data-no-focus], [inert]") && !element.hasAttribute("disabled"),
  );
  control?.focus({ preventScroll: true });
}
