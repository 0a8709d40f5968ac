import { CaretRightFilled, DownOutlined, RedoOutlined, StopOutlined } from "@ant-design/icons";
import { App, Button, Dropdown, type MenuProps, Space, Tooltip } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { useMayHere } from "../../api/project";
import { useRunActions } from "../../features/runs/parts/useRunActions";
import { useProblemText } from "../panels/problemText";
import { useFlow } from "../store/flowStore";
import { type FlowParams, needsValue } from "./flowParams";
import { ParamsDialog } from "./ParamsDialog";
import { hindering, type RunMode } from "./planScope";
import styles from "./RunControls.module.css";
import { RunProgress } from "./RunProgress";
import { useRunProgress, useRunState, useRunStore } from "./runState";
import { type RunRequest, useStartRun } from "./useStartRun";

export interface RunControlsProps {
  project: string;
  flow: string;
  /** `params` and `edges` of the flow's document. */
  params: FlowParams;
  edges: readonly { from: string; to: string }[];
  /** Ids of the selected nodes of the outermost document. */
  selected: readonly string[];
  /** What the server's check said last; null: it has not answered yet. */
  problems: readonly Schemas["FlowProblem"][] | null;
  /** The check knows the latest edit. */
  isChecked: boolean;
  isEmpty: boolean;
  /** Saves what was edited; gives the number of the revision, null when it could not be saved. */
  save: () => Promise<number | null>;
  /** Leads to a problem. */
  onProblem?: (problem: Schemas["FlowProblem"]) => void;
}

/** Runs the flow, or a part of it; while it runs, shows how far it is and ends it. */
export function RunControls(props: RunControlsProps) {
  const { project, flow, params, selected, problems, isChecked, edges, isEmpty, save, onProblem } = props;
  const { t } = useTranslation("runs");
  const progress = useRunProgress();
  const store = useRunStore();
  const lastMode = useRunState(({ model }) => model?.run.mode ?? null);
  const { start, isStarting } = useStartRun({ project, flow, save });
  const actions = useRunActions(project);
  const problemText = useProblemText();
  const { message } = App.useApp();
  const document = useFlow((state) => state.document);
  const mayRun = useMayHere("run.start");
  const [asked, setAsked] = useState<Partial<RunRequest> | null>(null);

  const obstacles = (mode: RunMode) => hindering(problems ?? [], edges, mode, selected);
  const reason = (mode: RunMode): string | null => {
    if (!mayRun) return t("run.notAllowed");
    if (isEmpty) return t("run.empty");
    if (mode !== "all" && selected.length === 0) return t("run.selectFirst");
    const [first] = obstacles(mode);
    return first ? t("run.errors", { count: obstacles(mode).length, first: problemText(document, first) }) : null;
  };
  const begin = (request: Partial<RunRequest>) => {
    if (Object.values(params).some(needsValue)) setAsked(request);
    else void start(request);
  };
  const run = (mode: RunMode, more: Partial<RunRequest> = {}) =>
    begin({ mode, nodes: mode === "all" ? [] : [...selected], ...more });

  const item = (mode: RunMode, label: string, key: string, more?: Partial<RunRequest>) => {
    const why = reason(mode);
    return {
      key,
      label: (
        <span className={styles.item} title={why ?? undefined}>
          {label}
        </span>
      ),
      disabled: why !== null,
      onClick: () => run(mode, more),
    };
  };
  const items: MenuProps["items"] = [
    item("all", t("run.all"), "all"),
    item("to", t("run.to"), "to"),
    item("from", t("run.from"), "from"),
    item("only", t("run.only"), "only"),
    { type: "divider" },
    item("all", t("run.withoutCache"), "fresh", { bypass_cache: true }),
    item("only", t("run.onlyWithoutCache"), "only-fresh", { bypass_cache: true }),
    { type: "divider" },
    {
      key: "options",
      label: t("run.options"),
      disabled: reason("all") !== null,
      onClick: () => setAsked({ mode: "all", nodes: [] }),
    },
  ];
  const blocked = reason("all");
  const isOpen = progress?.isOpen === true;
  const isStuck =
    progress !== null && (isOpen ? progress.hasFailed && !progress.isCancelling : progress.state !== "done");
  const canResume = isStuck && blocked === null;

  const resume = async () => {
    if (progress === null) return;
    // What was edited is a new revision: a new run of it takes over everything that is unchanged, also what still runs.
    const revision = await save();
    const before = store.getState().model?.run;
    if (revision === null || !before) return;
    if (before.revision !== revision)
      await start({
        mode: before.mode.kind,
        nodes: before.mode.nodes,
        params: before.params,
        priority: before.priority,
        goes_on_from: before.id,
      });
    else if (isOpen) void message.info(t("run.changeFirst"));
    else {
      const next = await actions.resume(before.id);
      if (next !== null) store.open(next);
    }
  };
  const first = obstacles("all")[0];
  // Whoever is quicker than the check is not stopped by what it said before: the server checks what it runs.
  const isMaybeMended = first !== undefined && !isChecked && mayRun && !isEmpty;
  return (
    <div className={styles.controls}>
      {progress && <RunProgress project={project} progress={progress} />}
      {isOpen && (
        <Button
          danger
          icon={<StopOutlined />}
          loading={actions.isBusy || progress.isCancelling}
          onClick={() => void actions.cancel(progress.run)}
        >
          {t(progress.isCancelling ? "cancelling" : "cancelRun")}
        </Button>
      )}
      {canResume && lastMode && (
        <Tooltip title={t(isOpen ? "run.goOnHelp" : "run.resumeHelp")}>
          <Button icon={<RedoOutlined />} loading={actions.isBusy || isStarting} onClick={() => void resume()}>
            {t(isOpen ? "run.goOn" : "run.resume")}
          </Button>
        </Tooltip>
      )}
      <Space.Compact>
        <Tooltip title={blocked ?? t("run.shortcut")}>
          <Button
            type="primary"
            icon={<CaretRightFilled />}
            loading={isStarting}
            aria-disabled={blocked !== null}
            className={blocked !== null ? styles.blocked : undefined}
            onClick={() => {
              if (blocked === null || isMaybeMended) run("all");
              else if (first) onProblem?.(first);
            }}
          >
            {t("run.run")}
          </Button>
        </Tooltip>
        <Dropdown menu={{ items }} trigger={["click"]} placement="bottomRight">
          <Button type="primary" icon={<DownOutlined />} aria-label={t("run.more")} />
        </Dropdown>
      </Space.Compact>
      {asked && (
        <ParamsDialog
          params={params}
          priority={asked.priority ?? 0}
          onClose={() => setAsked(null)}
          onRun={(values, priority) => {
            setAsked(null);
            void start({ ...asked, params: values, priority });
          }}
        />
      )}
    </div>
  );
}
