import { useTranslation } from "react-i18next";
import type { Schemas } from "../../../api/client";
import { usePreferences } from "../../../app/preferences";
import { titleOf } from "../../../canvas/model/spec";
import { usePortTitle } from "../../../canvas/nodes/usePortTitle";
import { useFormat } from "../../../lib/format";
import { StateTag } from "../../runs/parts/StateTag";
import styles from "./Import.module.css";
import { useReaderSpec } from "./readers";

/** A step of an import, named by its operator: its state, and how many rows came out where. */
export function ImportStep({ task }: { task: Schemas["Task"] }) {
  const { t } = useTranslation("datasets");
  const format = useFormat();
  const language = usePreferences((preferences) => preferences.language);
  const spec = useReaderSpec(task.operator).data;
  const portTitle = usePortTitle();
  const titleOfOutput = (port: string) =>
    portTitle(spec, spec?.outputs.find(({ name }) => name === port) ?? { name: port });
  const rows = Object.entries(task.rows)
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a);
  return (
    <li>
      <span>{spec ? titleOf(spec, language) : task.path}</span>
      <StateTag state={task.state} />
      <span className={styles.rows}>
        {rows
          .map(([port, count]) => {
            const text = t("rows", { rows: format.number(count), count });
            return rows.length > 1 ? `${titleOfOutput(port)}: ${text}` : text;
          })
          .join(" · ")}
      </span>
    </li>
  );
}
