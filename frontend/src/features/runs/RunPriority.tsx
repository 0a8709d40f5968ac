import { EditOutlined } from "@ant-design/icons";
import { Button, Form, InputNumber } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { useMayHere } from "../../api/project";
import type { Run } from "../../canvas/run/runModel";
import { useRunStore } from "../../canvas/run/runState";
import { FormModal } from "../../lib/FormModal";

/** The priority of a run, which can be changed while it has not ended. */
export function RunPriority({ project, run }: { project: string; run: Run }) {
  const { t } = useTranslation("runs");
  const { t: common } = useTranslation();
  const store = useRunStore();
  const mayControl = useMayHere("run.control");
  const [isChanging, setChanging] = useState(false);
  const isOpen = run.state === "queued" || run.state === "running";
  const save = async ({ priority }: { priority: number }) => {
    await api.PUT("/api/v1/projects/{project_name}/runs/{run_id}/priority", {
      params: { path: { project_name: project, run_id: run.id } },
      body: { priority },
    });
    store.look();
  };
  return (
    <>
      {run.priority}
      {isOpen && mayControl && (
        <Button
          type="text"
          size="small"
          icon={<EditOutlined />}
          aria-label={t("priority.change")}
          onClick={() => setChanging(true)}
        />
      )}
      {isChanging && (
        <FormModal<{ priority: number }>
          title={t("priority.of", { run: run.id })}
          submit={common("save")}
          initial={{ priority: run.priority }}
          onSubmit={save}
          onClose={() => setChanging(false)}
        >
          <Form.Item
            name="priority"
            label={t("params.priority")}
            extra={t("priority.help")}
            rules={[{ required: true, message: t("priority.missing") }]}
          >
            <InputNumber min={-1000} max={1000} precision={0} autoFocus />
          </Form.Item>
        </FormModal>
      )}
    </>
  );
}
