import { CloseOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { type KeyboardEvent, type PointerEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { IterationTable } from "../../features/runs/parts/IterationTable";
import type { PortChoice } from "../../features/runs/parts/TaskData";
import { TaskPanel } from "../../features/runs/parts/TaskPanel";
import { Teach } from "../../lib/Teach";
import styles from "./RunDrawer.module.css";
import { useRunState } from "./runState";

export interface RunDrawerProps {
  project: string;
  /** The node whose data is shown: its path ("per_tool/fit") and what it is called. */
  node: { path: string; title: string } | null;
  /** The port to show first: that of a clicked edge or port. */
  port?: PortChoice | null;
  portTitle?: (side: "in" | "out", port: string) => string;
  /** The node was edited since it ran. */
  isStale?: boolean;
  onRunTo?: () => void;
  onClose: () => void;
}

const LEAST = 160;

/** Below the canvas: what the last run made at the ports of a node, what it logged, why it ran or waits. */
export function RunDrawer({ project, node, port, portTitle, isStale = false, onRunTo, onClose }: RunDrawerProps) {
  const { t } = useTranslation("runs");
  const { t: common } = useTranslation();
  const [height, setHeight] = useState(340);
  const resize = (to: number) => setHeight(Math.round(Math.min(window.innerHeight * 0.8, Math.max(LEAST, to))));

  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    const handle = event.currentTarget;
    const start = event.clientY;
    const before = height;
    handle.setPointerCapture(event.pointerId);
    const move = (now: globalThis.PointerEvent) => resize(before + start - now.clientY);
    handle.addEventListener("pointermove", move);
    handle.addEventListener("pointerup", () => handle.removeEventListener("pointermove", move), { once: true });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowUp") resize(height + 40);
    else if (event.key === "ArrowDown") resize(height - 40);
    else return;
    event.preventDefault();
  };
  return (
    <section className={styles.drawer} style={{ height }} aria-label={t("drawer")}>
      {/* biome-ignore lint/a11y/useSemanticElements: a separator that can be moved is no rule between texts */}
      <div
        role="separator"
        aria-orientation="horizontal"
        aria-label={t("resize")}
        aria-valuenow={height}
        aria-valuemin={LEAST}
        tabIndex={0}
        className={styles.handle}
        onPointerDown={onPointerDown}
        onKeyDown={onKeyDown}
      />
      <header className={styles.head}>
        <h2>{node?.title ?? t("drawer")}</h2>
        {isStale && <span className={styles.stale}>{t("stale")}</span>}
        <span className={styles.space} />
        {isStale && onRunTo && (
          <Button size="small" onClick={onRunTo}>
            {t("run.to")}
          </Button>
        )}
        <Button size="small" type="text" icon={<CloseOutlined />} aria-label={common("close")} onClick={onClose} />
      </header>
      {node ? (
        <NodeTasks
          key={node.path}
          project={project}
          path={node.path}
          port={port ?? null}
          {...(portTitle && { portTitle })}
          {...(onRunTo && { onRunTo })}
        />
      ) : (
        <Teach title={t("chooseNode")}>{t("chooseNodeHelp")}</Teach>
      )}
    </section>
  );
}

interface NodeTasksProps {
  project: string;
  path: string;
  port: PortChoice | null;
  portTitle?: (side: "in" | "out", port: string) => string;
  onRunTo?: () => void;
}

function NodeTasks({ project, path, port, portTitle, onRunTo }: NodeTasksProps) {
  const { t } = useTranslation("runs");
  const run = useRunState(({ model }) => model?.run.id ?? null);
  const group = useRunState(({ model }) => model?.groups.get(path) ?? null);
  const [chosen, setChosen] = useState<number | null>(null);
  if (run === null || !group) {
    return (
      <Teach
        title={t("notRun")}
        action={
          onRunTo && (
            <Button type="primary" onClick={onRunTo}>
              {t("run.to")}
            </Button>
          )
        }
      >
        {t("notRunHelp")}
      </Teach>
    );
  }
  const tasks = group.own.length > 0 ? group.own : group.inside;
  const hasPaths = new Set(tasks.map((task) => task.path)).size > 1;
  const usual =
    tasks.find(({ state }) => state === "failed") ?? tasks.find(({ state }) => state === "running") ?? tasks[0];
  const task = tasks.find(({ id }) => id === chosen) ?? usual;
  if (!task) return null;
  return (
    <div className={styles.body}>
      {tasks.length > 1 && (
        <div className={styles.iterations}>
          <IterationTable tasks={tasks} hasPaths={hasPaths} chosen={task.id} onChoose={setChosen} />
        </div>
      )}
      <div className={styles.task}>
        <TaskPanel
          key={task.id}
          project={project}
          run={run}
          task={task}
          port={port}
          {...(portTitle && { portTitle })}
        />
      </div>
    </div>
  );
}
