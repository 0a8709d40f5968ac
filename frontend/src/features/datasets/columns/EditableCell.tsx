import { Input, type InputRef } from "antd";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { messageOf } from "../../../lib/messageOf";
import styles from "./Columns.module.css";
import { FieldTaken } from "./features";

interface EditableCellProps {
  /** What it is, for people who do not see the table. */
  label: string;
  value: string;
  /** Writes; throws what goes wrong. `before`: what the field held, as far as the person knows. */
  onSave: (before: string, after: string) => Promise<void>;
}

/** A text of a table that is changed in its place: Enter saves, Escape gives up, leaving saves too. */
export function EditableCell({ label, value, onSave }: EditableCellProps) {
  const { t } = useTranslation("datasets");
  const button = useRef<HTMLButtonElement>(null);
  const input = useRef<InputRef>(null);
  const [typed, setTyped] = useState<string | null>(null);
  const [before, setBefore] = useState(value);
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);

  const open = () => {
    setBefore(value);
    setTyped(value);
    setProblem(null);
  };
  const close = (toButton: boolean) => {
    setTyped(null);
    setProblem(null);
    if (toButton) requestAnimationFrame(() => button.current?.focus());
  };
  const save = async (toButton: boolean) => {
    const after = typed?.trim() ?? "";
    if (isBusy) return;
    if (after === value) return close(toButton);
    setBusy(true);
    try {
      await onSave(before, after);
      close(toButton);
    } catch (error) {
      if (error instanceof FieldTaken) {
        setBefore(error.theirs);
        setProblem(t("cell.taken", { by: error.by ?? "?", value: error.theirs || "–" }));
      } else {
        setProblem(messageOf(error));
      }
      input.current?.focus();
    } finally {
      setBusy(false);
    }
  };
  if (typed === null)
    return (
      <button
        ref={button}
        type="button"
        className={styles.cell}
        title={value || label}
        aria-label={`${label}: ${value || t("cell.empty")}`}
        onClick={open}
      >
        {value || <span className={styles.nothing}>–</span>}
      </button>
    );
  return (
    <div className={styles.editing}>
      <Input
        ref={input}
        size="small"
        autoFocus
        aria-label={label}
        value={typed}
        maxLength={4000}
        disabled={isBusy}
        status={problem ? "error" : ""}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={() => !problem && void save(false)}
        onKeyDown={(event) => {
          if (event.key === "Enter") void save(true);
          if (event.key === "Escape") {
            event.stopPropagation();
            close(true);
          }
        }}
      />
      {problem && (
        <p role="alert" className={styles.problem}>
          {problem}
        </p>
      )}
    </div>
  );
}
