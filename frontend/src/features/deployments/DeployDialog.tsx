import { Form, Input, InputNumber, Select } from "antd";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api } from "../../api/client";
import { useProjectName, useProjectPath } from "../../api/project";
import { FormModal } from "../../lib/FormModal";
import { ShowOnce } from "../../lib/ShowOnce";
import { useModelNames, useVersions } from "../models/model";
import { deploymentPath } from "./deployment";

interface Values {
  name: string;
  model: string;
  number: number | null;
  replicas: number;
  cpu: number;
  mebibytes: number;
}

const MIB = 1024 ** 2;

interface DeployDialogProps {
  model?: string;
  number?: number;
  onClose: () => void;
}

/** Serves a version of a model; the key of its clients is shown once. */
export function DeployDialog({ model, number, onClose }: DeployDialogProps) {
  const { t } = useTranslation("deployments");
  const project_name = useProjectName();
  const navigate = useNavigate();
  const path = useProjectPath();
  const names = useModelNames();
  const [chosen, setChosen] = useState(model ?? "");
  const [made, setMade] = useState<{ name: string; key: string } | null>(null);
  // The form closes itself when it has been sent; the key is still to be shown then.
  const isMade = useRef(false);
  if (made)
    return (
      <ShowOnce
        title={t("keyTitle")}
        about={t("keyHelp")}
        value={made.key}
        onClose={() => {
          onClose();
          void navigate(path(deploymentPath(made.name)));
        }}
      />
    );
  return (
    <FormModal<Values>
      title={t("deploy")}
      submit={t("deploy")}
      initial={{
        ...(model && { model, name: model.replaceAll("_", "-") }),
        number: number ?? null,
        replicas: 1,
        cpu: 1,
        mebibytes: 512,
      }}
      onSubmit={async ({ mebibytes, ...values }) => {
        const { data } = await api.POST("/api/v1/projects/{project_name}/deployments", {
          params: { path: { project_name } },
          body: { ...values, memory: Math.round(mebibytes * MIB) },
        });
        if (!data) return;
        isMade.current = true;
        setMade({ name: data.deployment.name, key: data.key });
      }}
      onClose={() => isMade.current || onClose()}
    >
      <p>{t("deployHelp")}</p>
      <Form.Item name="model" label={t("model")} rules={[{ required: true, message: t("modelMissing") }]}>
        <Select
          showSearch
          options={(names.data ?? []).map((value) => ({ value, label: value }))}
          onChange={(name: string) => setChosen(name)}
        />
      </Form.Item>
      <VersionField model={chosen} />
      <Form.Item
        name="name"
        label={t("name")}
        extra={t("nameHelp")}
        rules={[{ required: true, message: t("nameMissing") }]}
      >
        <Input maxLength={63} />
      </Form.Item>
      <ReplicasField />
      <Form.Item name="cpu" label={t("cpu")} rules={[{ required: true, message: t("numberMissing") }]}>
        <InputNumber min={0.1} max={1024} />
      </Form.Item>
      <Form.Item name="mebibytes" label={t("memory")} rules={[{ required: true, message: t("numberMissing") }]}>
        <InputNumber min={64} max={1_000_000} suffix="MiB" />
      </Form.Item>
    </FormModal>
  );
}

/** Which version; without a choice the newest. */
export function VersionField({ model }: { model: string }) {
  const { t } = useTranslation("deployments");
  const versions = useVersions(model, 200);
  const options = (model && versions.data ? versions.data.items : [])
    .filter(({ archived_at }) => archived_at === null)
    .map(({ number, aliases }) => ({ value: number, label: [t("versionShort", { number }), ...aliases].join(" · ") }));
  return (
    <Form.Item name="number" label={t("version")}>
      <Select allowClear placeholder={t("newest")} options={options} />
    </Form.Item>
  );
}

export function ReplicasField() {
  const { t } = useTranslation("deployments");
  return (
    <Form.Item
      name="replicas"
      label={t("replicas")}
      extra={t("replicasHelp")}
      rules={[{ required: true, message: t("numberMissing") }]}
    >
      <InputNumber min={1} max={100} precision={0} />
    </Form.Item>
  );
}
