import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";
import styles from "./columns.module.css";

const ROW = 28;
const SHOWN = 9;
const BEYOND = 4;

interface VirtualListProps {
  id: string;
  label: string;
  count: number;
  isChosen: (index: number) => boolean;
  row: (index: number) => ReactNode;
  /** `isRange`: all from the last one that was toggled. */
  onToggle: (index: number, isRange: boolean) => void;
}

/** A list to choose several of; only rows in sight are drawn. Arrows move, Space toggles, Shift takes all between. */
export function VirtualList({ id, label, count, isChosen, row, onToggle }: VirtualListProps) {
  const list = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [asked, setActive] = useState(0);
  const active = Math.min(asked, count - 1);
  const height = Math.min(SHOWN, count) * ROW;
  const first = Math.max(0, Math.floor(top / ROW) - BEYOND);
  const last = Math.min(count, first + SHOWN + 2 * BEYOND + 1);

  useEffect(() => {
    const element = list.current;
    if (!element || active < 0) return;
    if (active * ROW < element.scrollTop) element.scrollTop = active * ROW;
    else if ((active + 1) * ROW > element.scrollTop + SHOWN * ROW) element.scrollTop = (active + 1 - SHOWN) * ROW;
  }, [active]);

  const press = (event: KeyboardEvent) => {
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + SHOWN,
      PageUp: active - SHOWN,
      Home: 0,
      End: count - 1,
    };
    const next = moves[event.key];
    if (next !== undefined) setActive(Math.max(0, Math.min(count - 1, next)));
    else if (event.key === " " || event.key === "Enter") onToggle(active, event.shiftKey);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  if (count === 0) return null;
  return (
    <div
      ref={list}
      id={id}
      role="listbox"
      aria-label={label}
      aria-multiselectable
      aria-activedescendant={count > 0 ? `${id}-${active}` : undefined}
      tabIndex={0}
      className={styles.list}
      style={{ height }}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
      onKeyDown={press}
    >
      <div className={styles.rows} style={{ height: count * ROW }}>
        {Array.from({ length: last - first }, (_, offset) => {
          const index = first + offset;
          return (
            // The list has the focus and the keys; a row is only clicked.
            // biome-ignore lint/a11y/useKeyWithClickEvents: as above
            // biome-ignore lint/a11y/useFocusableInteractive: as above
            <div
              key={index}
              id={`${id}-${index}`}
              role="option"
              aria-selected={isChosen(index)}
              aria-posinset={index + 1}
              aria-setsize={count}
              className={styles.row}
              data-active={index === active || undefined}
              style={{ top: index * ROW }}
              onClick={(event) => {
                setActive(index);
                onToggle(index, event.shiftKey);
              }}
            >
              {row(index)}
            </div>
          );
        })}
      </div>
    </div>
  );
}
