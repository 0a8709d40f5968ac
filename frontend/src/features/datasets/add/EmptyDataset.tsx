import { useQueryClient } from "@tanstack/react-query";
import { Button, Form, Input, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api, type Schemas } from "../../../api/client";
import { useProjectName, useProjectPath } from "../../../api/project";
import { ErrorNotice } from "../../../lib/ErrorNotice";
import { newKey } from "../../../lib/newKey";
import { datasetNameFor, isDatasetName } from "../upload/plan";
import styles from "./AddData.module.css";

type Values = Schemas["DatasetMeta"] & { name?: string };

/** A dataset without rows: described first, filled by a flow or an import later. */
export function EmptyDataset() {
  const { t } = useTranslation("datasets");
  const { t: common } = useTranslation();
  const project_name = useProjectName();
  const path = useProjectPath();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [form] = Form.useForm<Values>();
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const made = datasetNameFor(Form.useWatch("title", form) ?? "");
  const save = async ({ name: given = "", ...meta }: Values) => {
    const name = given.trim() || made;
    setBusy(true);
    setError(null);
    try {
      await api.POST("/api/v1/projects/{project_name}/datasets", {
        params: { path: { project_name }, header: { "Idempotency-Key": newKey() } },
        body: { name, meta: Object.fromEntries(Object.entries(meta).filter(([, value]) => value)) },
      });
      await client.invalidateQueries();
      void navigate(path(`/datasets/${encodeURIComponent(name)}`));
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Form<Values> form={form} layout="vertical" requiredMark={false} onFinish={(values) => void save(values)}>
      <p className={styles.description}>{t("empty.help")}</p>
      <div className={styles.two}>
        <Form.Item name="title" label={t("meta.title")}>
          <Input autoFocus maxLength={300} placeholder={t("empty.titleHint")} />
        </Form.Item>
        <Form.Item
          name="name"
          label={t("name")}
          dependencies={["title"]}
          extra={t("nameHelp")}
          rules={[
            {
              validator: async (_, value: string | undefined) => {
                if (!isDatasetName(value?.trim() || made)) throw new Error(t("nameWrong"));
              },
            },
          ]}
        >
          <Input maxLength={100} placeholder={made} spellCheck={false} />
        </Form.Item>
      </div>
      <Form.Item name="description" label={t("meta.description")}>
        <Input.TextArea autoSize={{ minRows: 2, maxRows: 6 }} maxLength={4000} />
      </Form.Item>
      <div className={styles.two}>
        <Form.Item name="entity" label={t("meta.entity")} extra={t("metaHelp.entity")}>
          <Input maxLength={4000} />
        </Form.Item>
        <Form.Item name="owner" label={t("meta.owner")}>
          <Input maxLength={4000} />
        </Form.Item>
      </div>
      <Form.Item name="tags" label={t("meta.tags")}>
        <Select mode="tags" maxCount={50} tokenSeparators={[",", "，", ";"]} />
      </Form.Item>
      {error !== null && <ErrorNotice error={error} />}
      <div className="form-buttons">
        <Button type="primary" htmlType="submit" loading={isBusy}>
          {common("create")}
        </Button>
      </div>
    </Form>
  );
}
