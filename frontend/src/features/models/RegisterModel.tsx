import { ExperimentOutlined } from "@ant-design/icons";
import { AutoComplete, Button, Form, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api } from "../../api/client";
import { useMayHere, useProjectPath } from "../../api/project";
import { FormModal } from "../../lib/FormModal";
import { modelPath, useModelNames } from "./model";

/** The output of a run that is a model. */
export interface ModelOutput {
  project: string;
  run: number;
  node: string;
  index: string;
  port: string;
}

interface RegisterModelProps {
  output: ModelOutput;
  /** The button where it is one of several; without it, the one that is meant to be pressed. */
  label?: string;
}

/** Makes a run's model a version of a registered one. */
export function RegisterModel({ output, label }: RegisterModelProps) {
  const { t } = useTranslation("models");
  const [isOpen, setOpen] = useState(false);
  if (!useMayHere("model.write")) return null;
  return (
    <div>
      <Button type={label ? "default" : "primary"} icon={<ExperimentOutlined />} onClick={() => setOpen(true)}>
        {label ?? t("register")}
      </Button>
      {isOpen && <Dialog output={output} onClose={() => setOpen(false)} />}
    </div>
  );
}

function Dialog({ output, onClose }: { output: ModelOutput; onClose: () => void }) {
  const { t } = useTranslation("models");
  const navigate = useNavigate();
  const path = useProjectPath();
  const names = useModelNames();
  const { project: project_name, ...body } = output;
  return (
    <FormModal<{ name: string; note: string }>
      title={t("register")}
      submit={t("register")}
      onSubmit={async ({ name, note }) => {
        const { data } = await api.POST("/api/v1/projects/{project_name}/models/{name}/versions", {
          params: { path: { project_name, name } },
          body: { ...body, note: note ?? "" },
        });
        if (data) void navigate(path(modelPath(name, data.number)));
      }}
      onClose={onClose}
    >
      <p>{t("registerHelp")}</p>
      <Form.Item name="name" label={t("model")} rules={[{ required: true, message: t("nameMissing") }]}>
        <AutoComplete
          autoFocus
          options={(names.data ?? []).map((value) => ({ value }))}
          showSearch={{ filterOption: (typed, option) => option?.value.includes(typed) ?? false }}
          maxLength={63}
        />
      </Form.Item>
      <Form.Item name="note" label={t("note")}>
        <Input.TextArea rows={2} maxLength={10_000} />
      </Form.Item>
    </FormModal>
  );
}
