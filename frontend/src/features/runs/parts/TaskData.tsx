import { LoginOutlined, LogoutOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../../api/client";
import { ArtifactView } from "../../../data/ArtifactView";
import { useFormat } from "../../../lib/format";
import styles from "./parts.module.css";

export interface PortChoice {
  side: "in" | "out";
  port: string;
}

interface TaskDataProps {
  project: string;
  details: Schemas["TaskDetails"];
  port: PortChoice | null;
  portTitle?: (side: "in" | "out", port: string) => string;
}

interface Shown extends PortChoice {
  key: string;
  artifact: string | null;
  rows: number | null;
}

/** What stands at every port of a task. */
export function TaskData({ project, details, port, portTitle }: TaskDataProps) {
  const { t } = useTranslation("runs");
  const format = useFormat();
  const [chosen, setChosen] = useState<string | null>(null);
  useEffect(() => setChosen(port ? keyOf(port) : null), [port]);
  const ports = portsOf(details);
  const shown =
    ports.find(({ key }) => key === chosen) ??
    (port && ports.find((each) => each.side === port.side && each.port === port.port)) ??
    usual(ports, details.task);
  const title = (each: Shown) => portTitle?.(each.side, each.port) ?? each.port;
  return (
    <div className={styles.panel}>
      <div className={`${styles.tabs} ${styles.ports}`} role="toolbar" aria-label={t("ports")}>
        {ports.map((each) => (
          <Button
            key={each.key}
            size="small"
            type={each === shown ? "primary" : "default"}
            ghost={each === shown}
            aria-pressed={each === shown}
            icon={each.side === "in" ? <LoginOutlined /> : <LogoutOutlined />}
            title={t(each.side === "in" ? "input" : "output")}
            onClick={() => setChosen(each.key)}
          >
            {title(each)}
            {each.rows !== null && (
              <span className="numbers">{t("rows", { rows: format.number(each.rows), count: each.rows })}</span>
            )}
          </Button>
        ))}
      </div>
      <div className={styles.content}>
        {!shown ? (
          <p className={styles.none}>{t("noData")}</p>
        ) : shown.artifact === null ? (
          <p className={styles.none}>{t("notMadeYet")}</p>
        ) : (
          <div className={styles.fill}>
            <ArtifactView
              key={shown.artifact}
              project={project}
              artifactId={shown.artifact}
              label={`${details.task.path}, ${title(shown)}`}
            />
          </div>
        )}
      </div>
    </div>
  );
}

function portsOf({ task, inputs }: Schemas["TaskDetails"]): Shown[] {
  return [
    ...inputs.map(
      ({ port, artifact_id }, index): Shown => ({
        side: "in",
        port,
        // Several edges may lead into one port.
        key:
          keyOf({ side: "in", port }) + (inputs.findIndex((other) => other.port === port) === index ? "" : `#${index}`),
        artifact: artifact_id,
        rows: null,
      }),
    ),
    ...Object.entries(task.outputs).map(
      ([port, artifact]): Shown => ({
        side: "out",
        port,
        key: keyOf({ side: "out", port }),
        artifact,
        rows: task.rows[port] ?? null,
      }),
    ),
  ];
}

/** What people look for: the table with the most rows, else what was measured, else whatever came out or went in. */
function usual(ports: readonly Shown[], task: Schemas["Task"]): Shown | undefined {
  const outputs = ports.filter(({ side }) => side === "out");
  const largest = outputs.reduce<Shown | undefined>(
    (best, each) => (each.rows !== null && each.rows > (best?.rows ?? 0) ? each : best),
    undefined,
  );
  return largest ?? outputs.find(({ port }) => task.metrics && port in task.metrics) ?? outputs[0] ?? ports[0];
}

function keyOf({ side, port }: PortChoice): string {
  return `${side}:${port}`;
}
