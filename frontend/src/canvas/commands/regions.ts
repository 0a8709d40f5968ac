const PLACES = ["palette", "toolbar", "tools", "run", "inspector", "zoom", "drawer"];
const FOCUSABLE =
  'button:not([disabled]), a[href], input:not([disabled]):not([type="hidden"]), textarea:not([disabled]), [tabindex="0"]';

/** Moves the keyboard from the canvas through the panels and back to it: F6. */
export function nextRegion(back: boolean): void {
  const canvas = document.querySelector<HTMLElement>("[data-canvas]");
  const panels = PLACES.map((place) => document.querySelector<HTMLElement>(`[data-place="${place}"]`));
  const regions = [canvas, ...panels].filter(
    (region): region is HTMLElement =>
      region !== null && (region === canvas || region.querySelector(FOCUSABLE) !== null),
  );
  if (regions.length === 0) return;
  const at = regions.findIndex((region) => region.contains(document.activeElement));
  const next = at < 0 ? 0 : (at + (back ? -1 : 1) + regions.length) % regions.length;
  const region = regions[next];
  if (region === canvas) region?.focus({ preventScroll: true });
  else region?.querySelector<HTMLElement>(FOCUSABLE)?.focus();
}
