import { type RefObject, useEffect, useLayoutEffect, useState } from "react";

export interface Viewport {
  top: number;
  left: number;
  width: number;
  height: number;
}

/** What of a scrolled area is seen; follows scrolling once per drawn picture. */
export function useViewport(area: RefObject<HTMLElement | null>): Viewport {
  const [viewport, setViewport] = useState<Viewport>({ top: 0, left: 0, width: 800, height: 400 });
  useLayoutEffect(() => {
    if (area.current) setViewport(measured(area.current));
  }, [area]);
  useEffect(() => {
    const element = area.current;
    if (!element) return;
    let frame = 0;
    const measure = () => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => setViewport(measured(element)));
    };
    element.addEventListener("scroll", measure, { passive: true });
    const size = new ResizeObserver(measure);
    size.observe(element);
    return () => {
      cancelAnimationFrame(frame);
      element.removeEventListener("scroll", measure);
      size.disconnect();
    };
  }, [area]);
  return viewport;
}

function measured(element: HTMLElement): Viewport {
  return {
    top: element.scrollTop,
    left: element.scrollLeft,
    width: element.clientWidth,
    height: element.clientHeight,
  };
}
