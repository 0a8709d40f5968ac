import { Button, Checkbox, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import styles from "../forms.module.css";
import { matchColumns } from "../matchColumns";
import type { Column } from "../spec";

interface ColumnChooserProps {
  columns: readonly Column[];
  chosen: readonly string[];
  onChoose: (names: string[]) => void;
}

const KINDS = ["number", "text", "time", "boolean", "other"] as const;

/** Chooses columns by what they hold and how they are called, with a count before anything changes. */
export function ColumnChooser({ columns, chosen, onChoose }: ColumnChooserProps) {
  const { t } = useTranslation("forms");
  const [kinds, setKinds] = useState<string[]>([]);
  const [pattern, setPattern] = useState("");
  const there = KINDS.filter((kind) => columns.some((column) => column.kind === kind));
  const found = matchColumns(columns, kinds, pattern);
  return (
    <div className={styles.choose}>
      <Checkbox.Group
        options={there.map((kind) => ({ value: kind, label: t(`kinds.${kind}`) }))}
        value={kinds}
        onChange={(values) => setKinds(values)}
      />
      <Input
        autoFocus
        value={pattern}
        onChange={(event) => setPattern(event.target.value)}
        placeholder={t("pattern")}
        aria-label={t("pattern")}
      />
      <span role="status">{found === null ? t("patternWrong") : t("found", { count: found.length })}</span>
      <div className={styles.beside}>
        <Button
          size="small"
          disabled={!found?.length}
          onClick={() => found && onChoose([...new Set([...chosen, ...found])])}
        >
          {t("add")}
        </Button>
        <Button size="small" disabled={!found?.length} onClick={() => found && onChoose(found)}>
          {t("replace")}
        </Button>
        <Button
          size="small"
          disabled={!found?.length}
          onClick={() => found && onChoose(chosen.filter((name) => !found.includes(name)))}
        >
          {t("remove")}
        </Button>
      </div>
    </div>
  );
}
