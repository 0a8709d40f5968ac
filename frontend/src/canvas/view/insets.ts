/** How much of each side of the canvas is under panels, in pixels: what is fitted into view avoids it. */
export interface Insets {
  top: number;
  right: number;
  bottom: number;
  left: number;
}

const GAP = 28;

export function insetsOf(canvas: HTMLElement): Insets {
  const whole = canvas.getBoundingClientRect();
  const box = (place: string) => {
    const panel = canvas.parentElement?.querySelector(`[data-place="${place}"]`)?.firstElementChild;
    const rect = panel?.getBoundingClientRect();
    return rect && rect.width > 0 && rect.height > 0 ? rect : null;
  };
  const drawer = box("drawer");
  const palette = box("palette");
  const inspector = box("inspector");
  const toolbar = box("toolbar");
  const low = box("zoom") ?? box("minimap");
  const insets = {
    top: toolbar ? toolbar.bottom - whole.top + GAP : GAP,
    right: inspector ? whole.right - inspector.left + GAP : GAP,
    bottom: (drawer ? whole.bottom - drawer.top : low ? whole.bottom - low.top : 0) + GAP,
    left: palette ? palette.right - whole.left + GAP : GAP,
  };
  // On a small window the graph is better under a panel than too small to be read.
  if (whole.width - insets.left - insets.right < 280) insets.left = insets.right = GAP;
  if (whole.height - insets.top - insets.bottom < 160) insets.bottom = GAP;
  return insets;
}
