import { PlusOutlined, SafetyOutlined } from "@ant-design/icons";
import { AutoComplete, Button, Form, Popconfirm, Select, type TableColumnsType, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, queries, type Schemas } from "../../api/client";
import { useMayHere, useProjectName } from "../../api/project";
import { FormModal } from "../../lib/FormModal";
import { PagedTable, useListAddress } from "../../lib/PagedTable";
import { Teach } from "../../lib/Teach";
import { useAct } from "../../lib/useAct";
import { RoleName, useRoleOptions } from "./roles";
import styles from "./settings.module.css";
import { SUBJECTS, SubjectName, useSubjectTitle } from "./subject";

type Restriction = Schemas["Restriction"];
const PATH = "/api/v1/projects/{project_name}/restrictions/{subject}";

/** Which roles may run flows with certain operators, engines or GPUs. */
export function Restrictions() {
  const { t } = useTranslation("settings");
  const project_name = useProjectName();
  const { cursor } = useListAddress();
  const restrictions = queries.useQuery("get", "/api/v1/projects/{project_name}/restrictions", {
    params: { path: { project_name }, query: cursor ? { cursor } : {} },
  });
  const mayManage = useMayHere("project.manage");
  const roles = useRoleOptions();
  const subjectTitle = useSubjectTitle();
  const { act } = useAct();
  const [edited, setEdited] = useState<Partial<Restriction> | null>(null);

  const save = async ({ subject, roles }: Restriction) => {
    await api.PUT(PATH, { params: { path: { project_name, subject } }, body: { roles } });
  };
  const columns: TableColumnsType<Restriction> = [
    { title: t("restrictions.subject"), render: (_, { subject }) => <SubjectName subject={subject} /> },
    {
      title: t("restrictions.roles"),
      render: (_, restriction) =>
        restriction.roles.map((role) => (
          <Tag key={role}>
            <RoleName role={role} />
          </Tag>
        )),
    },
    {
      render: (_, restriction) =>
        mayManage && (
          <>
            <Button type="text" size="small" onClick={() => setEdited(restriction)}>
              {t("edit")}
            </Button>
            <Popconfirm
              title={t("restrictions.liftSure", { subject: subjectTitle(restriction.subject) })}
              okText={t("restrictions.lift")}
              onConfirm={() =>
                act(
                  () => api.DELETE(PATH, { params: { path: { project_name, subject: restriction.subject } } }),
                  t("restrictions.lifted", { subject: subjectTitle(restriction.subject) }),
                )
              }
            >
              <Button type="text" danger size="small">
                {t("restrictions.lift")}
              </Button>
            </Popconfirm>
          </>
        ),
    },
  ];
  return (
    <>
      <p className={styles.help}>{t("restrictions.help")}</p>
      {mayManage && (
        <div className={styles.tools}>
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setEdited({ roles: [] })}>
            {t("restrictions.new")}
          </Button>
        </div>
      )}
      <PagedTable<Restriction>
        label={t("restrictions.tab")}
        columns={columns}
        rowKey={({ subject }) => subject}
        query={restrictions}
        empty={<Teach icon={<SafetyOutlined />} title={t("restrictions.empty")} />}
      />
      {edited && (
        <FormModal<Restriction>
          title={edited.subject === undefined ? t("restrictions.new") : subjectTitle(edited.subject)}
          submit={t("save")}
          initial={edited}
          onSubmit={save}
          onClose={() => setEdited(null)}
        >
          <Form.Item
            name="subject"
            label={t("restrictions.subject")}
            extra={t("restrictions.subjectHelp")}
            hidden={edited.subject !== undefined}
            rules={[{ required: true, message: t("restrictions.subjectMissing") }]}
          >
            <AutoComplete
              options={SUBJECTS.map((value) => ({ value, label: <SubjectName subject={value} /> }))}
              placeholder="operator:family.name"
            />
          </Form.Item>
          <Form.Item name="roles" label={t("restrictions.roles")} extra={t("restrictions.rolesHelp")}>
            <Select mode="multiple" options={roles} />
          </Form.Item>
        </FormModal>
      )}
    </>
  );
}
