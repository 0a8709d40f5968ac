import { Button, Form, Input } from "antd";
import { useTranslation } from "react-i18next";
import { api, ifMatch, queries, type Schemas } from "../../api/client";
import { useMayHere, useProjectName } from "../../api/project";
import { ErrorNotice } from "../../lib/ErrorNotice";
import { Loading } from "../../lib/Loading";
import { Card } from "../../lib/Page";
import { useAct } from "../../lib/useAct";
import styles from "./settings.module.css";

type Change = Schemas["ProjectChange"];

/** Title and description of the project. */
export function General() {
  const { t } = useTranslation("settings");
  const project_name = useProjectName();
  const params = { path: { project_name } };
  const project = queries.useQuery("get", "/api/v1/projects/{project_name}", { params });
  const mayManage = useMayHere("project.manage");
  const { act, isBusy } = useAct();
  if (project.isPending) return <Loading />;
  if (project.error) return <ErrorNotice error={project.error} onRetry={() => void project.refetch()} />;
  const save = (body: Change) =>
    act(async () => {
      const { response } = await api.GET("/api/v1/projects/{project_name}", { params });
      await api.PUT("/api/v1/projects/{project_name}", { params: { ...params, header: ifMatch(response) }, body });
    }, t("saved"));
  return (
    <Card>
      <Form<Change>
        key={project_name}
        layout="vertical"
        requiredMark={false}
        disabled={!mayManage}
        className={styles.form ?? ""}
        initialValues={project.data}
        onFinish={save}
      >
        <Form.Item label={t("general.name")} extra={t("general.nameHelp")}>
          <code>{project_name}</code>
        </Form.Item>
        <Form.Item name="title" label={t("general.title")}>
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item name="description" label={t("general.description")}>
          <Input.TextArea autoSize={{ minRows: 3, maxRows: 10 }} maxLength={5000} />
        </Form.Item>
        {mayManage && (
          <Button htmlType="submit" type="primary" loading={isBusy}>
            {t("save")}
          </Button>
        )}
      </Form>
    </Card>
  );
}
