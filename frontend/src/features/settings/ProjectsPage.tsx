import { PlusOutlined, ProjectOutlined } from "@ant-design/icons";
import { Button, Form, Input, type TableColumnsType } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, queries, type Schemas } from "../../api/client";
import { useMay } from "../../api/session";
import { Ago } from "../../lib/Ago";
import { FormModal } from "../../lib/FormModal";
import { Page } from "../../lib/Page";
import { PagedTable, useListAddress } from "../../lib/PagedTable";
import { Teach } from "../../lib/Teach";
import { RoleName } from "./roles";

type Project = Schemas["Project"];

/** The projects of which one is a member. */
export function Component() {
  const { t } = useTranslation("settings");
  const { q, cursor } = useListAddress();
  const projects = queries.useQuery("get", "/api/v1/projects", {
    params: { query: { q, ...(cursor ? { cursor } : {}) } },
  });
  const mayCreate = useMay("project.create");
  const [isMaking, setMaking] = useState(false);
  const columns: TableColumnsType<Project> = [
    {
      title: t("projects.project"),
      render: (_, { name, title }) => <Link to={`/p/${encodeURIComponent(name)}`}>{title || name}</Link>,
    },
    { title: t("projects.name"), render: (_, { name }) => <code>{name}</code> },
    { title: t("projects.description"), dataIndex: "description", ellipsis: true },
    { title: t("projects.role"), render: (_, { role }) => <RoleName role={role} /> },
    { title: t("projects.made"), render: (_, project) => <Ago at={project.created_at} /> },
  ];
  const make = async (body: Schemas["NewProject"]) => {
    await api.POST("/api/v1/projects", { body });
  };
  return (
    <Page
      title={t("projects.title")}
      about={t("projects.about")}
      actions={
        mayCreate && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setMaking(true)}>
            {t("projects.create")}
          </Button>
        )
      }
    >
      <PagedTable<Project>
        label={t("projects.title")}
        columns={columns}
        rowKey={({ name }) => name}
        query={projects}
        search={t("projects.search")}
        empty={
          <Teach icon={<ProjectOutlined />} title={t("projects.empty")}>
            {t("projects.emptyHelp")}
          </Teach>
        }
      />
      {isMaking && (
        <FormModal<Schemas["NewProject"]>
          title={t("projects.create")}
          submit={t("projects.create")}
          onSubmit={make}
          onClose={() => setMaking(false)}
        >
          <Form.Item
            name="name"
            label={t("projects.name")}
            extra={t("projects.nameHelp")}
            rules={[{ required: true, message: t("projects.nameMissing") }]}
          >
            <Input autoFocus maxLength={100} />
          </Form.Item>
          <Form.Item name="title" label={t("general.title")}>
            <Input maxLength={200} />
          </Form.Item>
          <Form.Item name="description" label={t("general.description")}>
            <Input.TextArea autoSize={{ minRows: 2 }} maxLength={5000} />
          </Form.Item>
        </FormModal>
      )}
    </Page>
  );
}
