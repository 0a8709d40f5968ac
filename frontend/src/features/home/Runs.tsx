import { LineChartOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { queries } from "../../api/client";
import { useProjectName, useProjectPath } from "../../api/project";
import { Ago } from "../../lib/Ago";
import { Teach } from "../../lib/Teach";
import { Duration } from "../runs/parts/Duration";
import { useFlowText } from "../runs/parts/flowOfRun";
import { StateIcon, useStateText } from "../runs/parts/StateTag";
import { Block } from "./Block";
import styles from "./HomePage.module.css";

/** The latest runs of the project. */
export function Runs() {
  const { t } = useTranslation("home");
  const project_name = useProjectName();
  const here = useProjectPath();
  const flowText = useFlowText();
  const stateText = useStateText();
  const runs = queries.useQuery(
    "get",
    "/api/v1/projects/{project_name}/runs",
    { params: { path: { project_name }, query: { limit: 8 } } },
    { refetchInterval: 5_000 },
  );
  return (
    <Block
      title={t("runs")}
      actions={<Link to={here("/runs")}>{t("all")}</Link>}
      query={runs}
      rows={(runs.data?.items ?? []).map((run) => ({
        key: run.id,
        to: here(`/runs/${run.id}`),
        icon: <StateIcon state={run.state} />,
        name: (
          <>
            {flowText(run)} <span className={styles.quiet}>#{run.id}</span>
          </>
        ),
        about: (
          <>
            {stateText(run.state)} ·{" "}
            <Duration from={run.started_at} to={run.ended_at} isRunning={run.state === "running"} /> ·{" "}
            <Ago at={run.created_at} />
          </>
        ),
      }))}
      empty={
        <Teach icon={<LineChartOutlined />} title={t("noRuns")}>
          {t("noRunsHelp")}
        </Teach>
      }
    />
  );
}
