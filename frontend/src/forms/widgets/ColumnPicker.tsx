import { CheckOutlined, PlusOutlined, WarningFilled } from "@ant-design/icons";
import { Button, Input } from "antd";
import { type KeyboardEvent, useId, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { KindIcon } from "../../lib/KindIcon";
import { matchColumns } from "../matchColumns";
import type { Column } from "../spec";
import styles from "./columns.module.css";
import { VirtualList } from "./VirtualList";

interface ColumnPickerProps {
  label: string;
  columns: readonly Column[];
  chosen: readonly string[];
  /** Chosen ones that no column upstream has any more. */
  lost: readonly string[];
  /** There may be others, whose names can be typed. */
  isOpen: boolean;
  onChoose: (names: string[]) => void;
}

const KINDS = ["number", "text", "time", "boolean", "other"] as const;

/** Chooses columns one by one, or all of a kind or a pattern at once; quick for thousands of them. */
export function ColumnPicker({ label, columns, chosen, lost, isOpen, onChoose }: ColumnPickerProps) {
  const { t } = useTranslation("forms");
  const id = useId();
  const [kinds, setKinds] = useState<readonly string[]>([]);
  const [pattern, setPattern] = useState("");
  const [isChosenOnly, setChosenOnly] = useState(false);
  const last = useRef<string | null>(null);
  const byName = useMemo(() => new Map(columns.map((column) => [column.name, column])), [columns]);
  const chosenSet = useMemo(() => new Set(chosen), [chosen]);
  const found = useMemo(() => {
    const gone = lost.map((name): Column => ({ name, type: "", kind: "lost" }));
    const names = matchColumns([...gone, ...columns], kinds, pattern);
    return isChosenOnly ? (names?.filter((name) => chosenSet.has(name)) ?? null) : names;
  }, [columns, lost, kinds, pattern, isChosenOnly, chosenSet]);
  const names = found ?? [];
  const there = KINDS.map((kind) => ({ kind, count: columns.filter((column) => column.kind === kind).length }));
  const typed = pattern.trim();
  const isNew = isOpen && /^[^*?/]+$/.test(typed) && !byName.has(typed) && !chosenSet.has(typed);
  const more = names.filter((name) => !chosenSet.has(name));
  const fewer = names.length - more.length;

  const toggle = (index: number, isRange: boolean) => {
    const name = names[index];
    if (name === undefined) return;
    const from = isRange && last.current !== null ? names.indexOf(last.current) : index;
    const range = from < 0 ? [name] : names.slice(Math.min(from, index), Math.max(from, index) + 1);
    const isOn = !chosenSet.has(name);
    last.current = name;
    onChoose(isOn ? [...new Set([...chosen, ...range])] : chosen.filter((one) => !range.includes(one)));
  };
  const toList = (event: KeyboardEvent) => {
    if (event.key !== "ArrowDown") return;
    event.preventDefault();
    document.getElementById(id)?.focus();
  };
  return (
    <div className={styles.picker}>
      <Input
        autoFocus
        allowClear
        value={pattern}
        onChange={(event) => setPattern(event.target.value)}
        onKeyDown={toList}
        placeholder={t("pattern")}
        aria-label={t("pattern")}
        {...(found === null && { status: "error" as const })}
      />
      <div className={styles.kinds}>
        {there
          .filter(({ count }) => count > 0)
          .map(({ kind, count }) => (
            <Toggle
              key={kind}
              isOn={kinds.includes(kind)}
              onToggle={(isOn) => setKinds(isOn ? [...kinds, kind] : kinds.filter((one) => one !== kind))}
            >
              {t(`kinds.${kind}`)} {count}
            </Toggle>
          ))}
        {chosen.length > 0 && (
          <Toggle isOn={isChosenOnly} onToggle={setChosenOnly}>
            {t("onlyChosen", { count: chosen.length })}
          </Toggle>
        )}
      </div>
      {isNew && (
        <Button size="small" icon={<PlusOutlined />} onClick={() => onChoose([...chosen, typed])}>
          {t("addNamed", { name: typed })}
        </Button>
      )}
      {names.length === 0 && !isNew && <p className={styles.none}>{t("noColumn")}</p>}
      <VirtualList
        id={id}
        label={label}
        count={names.length}
        isChosen={(index) => chosenSet.has(names[index] ?? "")}
        onToggle={toggle}
        row={(index) => <Row name={names[index] ?? ""} column={byName.get(names[index] ?? "")} />}
      />
      <div className={styles.line}>
        <span role="status" className={styles.count}>
          {found === null ? t("patternWrong") : t("found", { count: names.length })}
        </span>
        <Button
          size="small"
          type="primary"
          disabled={more.length === 0}
          onClick={() => onChoose([...chosen, ...more.filter((name) => byName.has(name))])}
        >
          {t("chooseThese", { count: more.length })}
        </Button>
        <Button
          size="small"
          disabled={fewer === 0}
          onClick={() => onChoose(chosen.filter((name) => !names.includes(name)))}
        >
          {t("dropThese", { count: fewer })}
        </Button>
      </div>
    </div>
  );
}

function Row({ name, column }: { name: string; column: Column | undefined }) {
  const { t } = useTranslation("forms");
  return (
    <>
      <span className={styles.mark}>
        <CheckOutlined />
      </span>
      {column ? <KindIcon kind={column.kind} type={column.type} /> : <WarningFilled className={styles.lost} />}
      <span className={column ? styles.name : `${styles.name} ${styles.lost}`} title={name}>
        {name}
      </span>
      <span className={styles.type}>{column?.isPossible ? t("maybe", { type: column.type }) : column?.type}</span>
    </>
  );
}

interface ToggleProps {
  isOn: boolean;
  onToggle: (isOn: boolean) => void;
  children: React.ReactNode;
}

function Toggle({ isOn, onToggle, children }: ToggleProps) {
  return (
    <button type="button" className={styles.toggle} aria-pressed={isOn} onClick={() => onToggle(!isOn)}>
      {children}
    </button>
  );
}
