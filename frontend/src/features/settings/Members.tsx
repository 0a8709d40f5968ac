import { PlusOutlined, TeamOutlined } from "@ant-design/icons";
import { Button, Form, Input, Popconfirm, Select, type TableColumnsType } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ifMatch, queries, type Schemas } from "../../api/client";
import { useMayHere, useProjectName } from "../../api/project";
import { Ago } from "../../lib/Ago";
import { FormModal } from "../../lib/FormModal";
import { PagedTable, useListAddress } from "../../lib/PagedTable";
import { Teach } from "../../lib/Teach";
import { useAct } from "../../lib/useAct";
import { RoleName, useRoleOptions } from "./roles";
import styles from "./settings.module.css";

type Member = Schemas["Member"];
const PATH = "/api/v1/projects/{project_name}/members/{name}";

/** Who works in the project, and as what. */
export function Members() {
  const { t } = useTranslation("settings");
  const project_name = useProjectName();
  const { cursor } = useListAddress();
  const members = queries.useQuery("get", "/api/v1/projects/{project_name}/members", {
    params: { path: { project_name }, query: cursor ? { cursor } : {} },
  });
  const mayManage = useMayHere("project.manage");
  const roles = useRoleOptions();
  const { act } = useAct();
  const [isAdding, setAdding] = useState(false);

  const inState = async (name: string) => {
    const path = { project_name, name };
    const { response } = await api.GET(PATH, { params: { path } });
    return { path, header: ifMatch(response) };
  };
  const setRole = ({ name }: Member, role: string) =>
    act(
      async () => api.PUT(PATH, { params: await inState(name), body: { role: role as Member["role"] } }),
      t("members.changed", { name }),
    );
  const remove = ({ name }: Member) =>
    act(async () => api.DELETE(PATH, { params: await inState(name) }), t("members.removed", { name }));

  const columns: TableColumnsType<Member> = [
    { title: t("members.name"), render: (_, { name, title }) => (title ? `${title} · ${name}` : name) },
    {
      title: t("members.role"),
      render: (_, member) =>
        mayManage ? (
          <Select
            className={styles.role ?? ""}
            aria-label={t("members.roleOf", { name: member.name })}
            value={member.role}
            options={roles}
            onChange={(role) => void setRole(member, role)}
          />
        ) : (
          <RoleName role={member.role} />
        ),
    },
    { title: t("members.since"), render: (_, member) => <Ago at={member.created_at} /> },
    {
      render: (_, member) =>
        mayManage && (
          <Popconfirm
            title={t("members.removeSure", { name: member.name })}
            okText={t("members.remove")}
            onConfirm={() => remove(member)}
          >
            <Button type="text" danger size="small">
              {t("members.remove")}
            </Button>
          </Popconfirm>
        ),
    },
  ];
  const add = async (body: Schemas["NewMember"]) => {
    await api.POST("/api/v1/projects/{project_name}/members", { params: { path: { project_name } }, body });
  };
  return (
    <>
      {mayManage && (
        <div className={styles.tools}>
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setAdding(true)}>
            {t("members.add")}
          </Button>
        </div>
      )}
      <PagedTable<Member>
        label={t("members.tab")}
        columns={columns}
        rowKey={({ name }) => name}
        query={members}
        empty={<Teach icon={<TeamOutlined />} title={t("members.empty")} />}
      />
      {isAdding && (
        <FormModal<Schemas["NewMember"]>
          title={t("members.add")}
          submit={t("members.addSubmit")}
          initial={{ role: "scientist" }}
          onSubmit={add}
          onClose={() => setAdding(false)}
        >
          <Form.Item
            name="name"
            label={t("members.signInName")}
            rules={[{ required: true, message: t("members.nameMissing") }]}
          >
            <Input autoFocus maxLength={100} />
          </Form.Item>
          <Form.Item name="role" label={t("members.role")}>
            <Select options={roles} />
          </Form.Item>
        </FormModal>
      )}
    </>
  );
}
