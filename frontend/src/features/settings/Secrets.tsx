import { LockOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Form, Input, Popconfirm, type TableColumnsType } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ifMatch, queries, type Schemas } from "../../api/client";
import { useMayHere, useProjectName } from "../../api/project";
import { Ago } from "../../lib/Ago";
import { FormModal } from "../../lib/FormModal";
import { PagedTable, useListAddress } from "../../lib/PagedTable";
import { Teach } from "../../lib/Teach";
import { useAct } from "../../lib/useAct";
import styles from "./settings.module.css";

type Secret = Schemas["Secret"];
const PATH = "/api/v1/projects/{project_name}/secrets/{name}";

interface Values {
  name: string;
  value?: string;
  description?: string;
}

/** Passwords and keys that nodes name; a value is never shown again. */
export function Secrets() {
  const { t } = useTranslation("settings");
  const project_name = useProjectName();
  const { cursor } = useListAddress();
  const secrets = queries.useQuery("get", "/api/v1/projects/{project_name}/secrets", {
    params: { path: { project_name }, query: cursor ? { cursor } : {} },
  });
  const mayWrite = useMayHere("secret.write");
  const { act } = useAct();
  const [edited, setEdited] = useState<Secret | "new" | null>(null);

  const inState = async (name: string) => {
    const path = { project_name, name };
    const { response } = await api.GET(PATH, { params: { path } });
    return { path, header: ifMatch(response) };
  };
  const save = async ({ name, value, description = "" }: Values) => {
    if (edited === "new") {
      const body = { name, value: value ?? "", description };
      await api.POST("/api/v1/projects/{project_name}/secrets", { params: { path: { project_name } }, body });
    } else if (edited) {
      const body = { description, ...(value ? { value } : {}) };
      await api.PUT(PATH, { params: await inState(edited.name), body });
    }
  };
  const columns: TableColumnsType<Secret> = [
    { title: t("secrets.name"), render: (_, { name }) => <code>{name}</code> },
    { title: t("secrets.description"), dataIndex: "description" },
    { title: t("secrets.changed"), render: (_, secret) => <Ago at={secret.changed_at} /> },
    {
      render: (_, secret) =>
        mayWrite && (
          <>
            <Button type="text" size="small" onClick={() => setEdited(secret)}>
              {t("edit")}
            </Button>
            <Popconfirm
              title={t("secrets.deleteSure", { name: secret.name })}
              okText={t("delete")}
              onConfirm={() =>
                act(
                  async () => api.DELETE(PATH, { params: await inState(secret.name) }),
                  t("secrets.deleted", { name: secret.name }),
                )
              }
            >
              <Button type="text" danger size="small">
                {t("delete")}
              </Button>
            </Popconfirm>
          </>
        ),
    },
  ];
  return (
    <>
      {mayWrite && (
        <div className={styles.tools}>
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setEdited("new")}>
            {t("secrets.new")}
          </Button>
        </div>
      )}
      <PagedTable<Secret>
        label={t("secrets.tab")}
        columns={columns}
        rowKey={({ name }) => name}
        query={secrets}
        empty={
          <Teach icon={<LockOutlined />} title={t("secrets.empty")}>
            {t("secrets.emptyHelp")}
          </Teach>
        }
      />
      {edited && (
        <FormModal<Values>
          title={edited === "new" ? t("secrets.new") : edited.name}
          submit={t("save")}
          initial={edited === "new" ? {} : { name: edited.name, description: edited.description }}
          onSubmit={save}
          onClose={() => setEdited(null)}
        >
          {edited === "new" && (
            <Form.Item
              name="name"
              label={t("secrets.name")}
              extra={t("secrets.nameHelp")}
              rules={[{ required: true, message: t("secrets.nameMissing") }]}
            >
              <Input autoFocus maxLength={100} />
            </Form.Item>
          )}
          <Form.Item
            name="value"
            label={t("secrets.value")}
            extra={edited === "new" ? t("secrets.valueHelp") : t("secrets.valueKept")}
            rules={[{ required: edited === "new", message: t("secrets.valueMissing") }]}
          >
            <Input.Password autoComplete="off" />
          </Form.Item>
          <Form.Item name="description" label={t("secrets.description")}>
            <Input maxLength={500} />
          </Form.Item>
        </FormModal>
      )}
    </>
  );
}
