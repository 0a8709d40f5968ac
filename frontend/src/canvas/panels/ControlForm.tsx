import { FolderOpenOutlined } from "@ant-design/icons";
import { Button, InputNumber, Select, Switch } from "antd";
import { useTranslation } from "react-i18next";
import { Approval } from "../../features/runs/parts/Approval";
import type { FlowNode } from "../model/document";
import { useRunState } from "../run/runState";
import { useFlow, useFlowStore } from "../store/flowStore";
import { BodyValues } from "./BodyValues";
import { CaseList } from "./CaseList";
import { ConditionRows } from "./ConditionRows";
import styles from "./ControlForm.module.css";
import { Row } from "./Row";
import { changeNode, withField } from "./steps";

interface ControlFormProps {
  node: FlowNode;
  path: string;
  disabled: boolean;
}

/** What a control-flow step has of its own. */
export function ControlForm({ node, path, disabled }: ControlFormProps) {
  const { t } = useTranslation("canvas");
  return (
    <div className={styles.form}>
      {node.kind === "branch" && <CaseList node={node} disabled={disabled} />}
      {node.kind === "approval" && (
        <>
          <p className={styles.help}>{t("panels.control.approval")}</p>
          <Approvals path={path} />
        </>
      )}
      {node.body && <OpenBody path={path} steps={node.body.nodes.length} />}
      {node.kind === "map" && <Over node={node} disabled={disabled} />}
      {node.kind === "loop" && <Loop node={node} disabled={disabled} />}
      {node.body && <BodyValues node={node} disabled={disabled} />}
    </div>
  );
}

/** Where the run that is shown waits at this step: agreeing and refusing. */
function Approvals({ path }: { path: string }) {
  const project = useFlow((flow) => flow.project);
  const model = useRunState((run) => run.model);
  return model?.groups
    .get(path)
    ?.own.map((task) => <Approval key={task.id} project={project} run={model.run.id} task={task} />);
}

function OpenBody({ path, steps }: { path: string; steps: number }) {
  const { t } = useTranslation("canvas");
  const openBody = useFlow((flow) => flow.openBody);
  return (
    <div className={styles.open}>
      <span className={styles.help}>{t("panels.control.steps", { count: steps })}</span>
      <Button icon={<FolderOpenOutlined />} onClick={() => openBody(path.split("/"))}>
        {t("panels.control.openBody")}
      </Button>
    </div>
  );
}

function Over({ node, disabled }: { node: FlowNode; disabled: boolean }) {
  const { t } = useTranslation("canvas");
  const store = useFlowStore();
  const inputs = Object.keys(node.body?.inputs ?? {});
  const params = Object.keys(node.body?.params ?? {});
  return (
    <Row label={t("panels.control.over")}>
      {(id) => (
        <Select<string>
          id={id}
          disabled={disabled}
          value={node.over ?? ""}
          options={[
            ...params.map((value) => ({ value, label: value })),
            ...inputs.map((value) => ({ value, label: t("panels.control.overInput", { name: value }) })),
          ]}
          onChange={(over) => changeNode(store, node.id, "over", (now) => ({ ...now, over }))}
        />
      )}
    </Row>
  );
}

function Loop({ node, disabled }: { node: FlowNode; disabled: boolean }) {
  const { t } = useTranslation("canvas");
  const store = useFlowStore();
  const outputs = Object.keys(node.body?.outputs ?? {});
  const set = (part: string, recipe: (now: FlowNode) => FlowNode) => changeNode(store, node.id, part, recipe);
  const { until } = node;
  return (
    <>
      <Row label={t("panels.control.times")} inline>
        {(id) => (
          <InputNumber<number>
            id={id}
            min={1}
            max={100_000}
            precision={0}
            disabled={disabled}
            value={node.times ?? 1}
            onChange={(times) => times !== null && set("times", (now) => ({ ...now, times }))}
          />
        )}
      </Row>
      <Row label={t("panels.control.until")} inline>
        {(id) => (
          <Switch
            id={id}
            size="small"
            disabled={disabled || (outputs.length === 0 && !until)}
            checked={until !== undefined}
            onChange={(isOn) =>
              set("until", (now) =>
                withField(
                  now,
                  "until",
                  isOn ? { output: outputs[0] ?? "", when: { value: { minimum: 0 } } } : undefined,
                ),
              )
            }
          />
        )}
      </Row>
      {until ? (
        <>
          <Row label={t("panels.control.untilOutput")}>
            {(id) => (
              <Select<string>
                id={id}
                disabled={disabled}
                value={until.output}
                options={outputs.map((value) => ({ value, label: value }))}
                onChange={(output) => set("until", (now) => ({ ...now, until: { ...until, output } }))}
              />
            )}
          </Row>
          <ConditionRows
            when={until.when}
            disabled={disabled}
            onChange={(when) => set("until.when", (now) => ({ ...now, until: { ...until, when } }))}
          />
        </>
      ) : (
        <p className={styles.help}>{t("panels.control.untilNone")}</p>
      )}
    </>
  );
}
