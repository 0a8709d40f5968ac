import { SearchOutlined } from "@ant-design/icons";
import {
  type KeyboardEvent,
  type ReactNode,
  useDeferredValue,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
} from "react";
import { useTranslation } from "react-i18next";
import { type Findable, found } from "../model/search";
import styles from "./SearchList.module.css";

export interface Choice extends Findable {
  readonly key: string;
  readonly title: string;
  /** Said in faint letters behind or below the title. */
  readonly detail?: string;
  readonly icon?: ReactNode;
  /** At the right: a shortcut, a family. */
  readonly hint?: ReactNode;
}

interface SearchListProps<Thing extends Choice> {
  label: string;
  choices: readonly Thing[];
  onChoose: (choice: Thing) => void;
  /** What is shown when nothing fits. */
  nothing: string;
  footer?: ReactNode;
}

const MOST = 60;

/** A field with a list below it: typing finds, arrows choose, Enter takes. */
export function SearchList<Thing extends Choice>({
  label,
  choices,
  onChoose,
  nothing,
  footer,
}: SearchListProps<Thing>) {
  const { t } = useTranslation();
  const id = useId();
  const [query, setQuery] = useState("");
  const asked = useDeferredValue(query);
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const shown = useMemo(() => found(asked, choices).slice(0, MOST), [asked, choices]);
  const current = Math.min(at, shown.length - 1);

  useEffect(() => input.current?.focus({ preventScroll: true }), []);
  useEffect(() => {
    list.current?.querySelector(`[data-index="${current}"]`)?.scrollIntoView({ block: "nearest" });
  }, [current]);

  const onKeyDown = (event: KeyboardEvent) => {
    const last = shown.length - 1;
    if (event.key === "ArrowDown") setAt(current >= last ? 0 : current + 1);
    else if (event.key === "ArrowUp") setAt(current <= 0 ? last : current - 1);
    else if (event.key === "PageDown") setAt(Math.min(last, current + 8));
    else if (event.key === "PageUp") setAt(Math.max(0, current - 8));
    else if (event.key === "Enter" && !event.nativeEvent.isComposing) {
      const choice = found(query, choices)[current];
      if (choice) onChoose(choice);
    } else return;
    event.preventDefault();
  };

  return (
    <div className={styles.search}>
      <label className={styles.field}>
        <SearchOutlined />
        <input
          ref={input}
          value={query}
          placeholder={label}
          aria-label={label}
          role="combobox"
          aria-expanded="true"
          aria-controls={id}
          aria-autocomplete="list"
          aria-activedescendant={shown[current] ? `${id}-${current}` : undefined}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => {
            setQuery(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
        />
      </label>
      <div ref={list} className={styles.list} id={id} role="listbox" aria-label={label} tabIndex={-1}>
        {shown.map((choice, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field above takes the keys
          <div
            key={choice.key}
            id={`${id}-${index}`}
            data-index={index}
            role="option"
            tabIndex={-1}
            aria-selected={index === current}
            className={styles.choice}
            onPointerMove={() => setAt(index)}
            onClick={() => onChoose(choice)}
          >
            {choice.icon}
            <span className={styles.texts}>
              <span className={styles.title}>{choice.title}</span>
              {choice.detail && <span className={styles.detail}>{choice.detail}</span>}
            </span>
            {choice.hint && <span className={styles.hint}>{choice.hint}</span>}
          </div>
        ))}
        {shown.length === 0 && <p className={styles.nothing}>{query ? nothing : t("nothingFound")}</p>}
      </div>
      {footer}
    </div>
  );
}
