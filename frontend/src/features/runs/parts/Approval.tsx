import { Alert, Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../../../api/client";
import { useMayHere } from "../../../api/project";
import { useAct } from "../../../lib/useAct";
import styles from "./parts.module.css";

const TASK = "/api/v1/projects/{project_name}/runs/{run_id}/tasks/{task_id}";

interface ApprovalProps {
  project: string;
  run: number;
  task: Schemas["Task"];
}

/** A step that waits for a person: what it asks for, or what was decided. */
export function Approval({ project, run, task }: ApprovalProps) {
  const { t } = useTranslation("runs");
  const mayDecide = useMayHere("run.control");
  const { act, isBusy } = useAct();
  const [note, setNote] = useState("");
  const { decision } = task;
  if (decision) {
    const title = t(decision.approved ? "approval.approved" : "approval.rejected", { name: decision.by });
    return <Alert type={decision.approved ? "success" : "error"} showIcon title={title} description={decision.note} />;
  }
  if (task.state !== "waiting_approval") return null;
  const decide = (way: "approve" | "reject") =>
    act(
      () =>
        api.POST(`${TASK}/${way}`, {
          params: { path: { project_name: project, run_id: run, task_id: task.id } },
          body: { note: note.trim() },
        }),
      t("approval.done"),
    );
  return (
    <Alert
      type="warning"
      showIcon
      title={t("approval.title")}
      description={
        mayDecide && (
          <div className={styles.decide}>
            <Input
              value={note}
              onChange={(event) => setNote(event.target.value)}
              placeholder={t("approval.note")}
              aria-label={t("approval.note")}
              maxLength={2000}
            />
            <Button type="primary" loading={isBusy} onClick={() => void decide("approve")}>
              {t("approval.approve")}
            </Button>
            <Button danger loading={isBusy} disabled={note.trim() === ""} onClick={() => void decide("reject")}>
              {t("approval.reject")}
            </Button>
          </div>
        )
      }
    />
  );
}
