import { useTranslation } from "react-i18next";
import type { Schemas } from "../../../api/client";
import { ArtifactView } from "../../../data/ArtifactView";
import { Card } from "../../../lib/Page";
import { Teach } from "../../../lib/Teach";
import { useStepNames } from "../../runs/useStepNames";
import styles from "./WizardResult.module.css";

interface OutputsProps {
  project: string;
  run: Schemas["Run"];
  tasks: readonly Schemas["Task"][];
  /** Whose outputs are shown; null: those of the step that ended last. */
  node: string | null;
}

/** What a flow without a report made, each in the way that suits its type. */
export function Outputs({ project, run, tasks, node }: OutputsProps) {
  const { t } = useTranslation("report");
  const { titleOf, port } = useStepNames(project, run, tasks);
  const ended = [...tasks].filter(({ outputs }) => Object.keys(outputs).length > 0);
  const last = ended.sort((left, right) => (right.ended_at ?? 0) - (left.ended_at ?? 0))[0];
  const task = node === null ? last : ended.find(({ path }) => path === node);
  if (!task) return <Teach title={t("nothing")}>{t("nothingHelp")}</Teach>;
  return (
    <div className={styles.result}>
      {Object.entries(task.outputs).map(([name, artifact]) => {
        const title = `${titleOf(task.path)} · ${port(task.operator, "out", name)}`;
        return (
          <Card key={name} title={title}>
            <div className={styles.output}>
              <ArtifactView project={project} artifactId={artifact} label={title} />
            </div>
          </Card>
        );
      })}
    </div>
  );
}
