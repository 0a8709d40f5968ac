import { MoreOutlined, PlusOutlined, TeamOutlined } from "@ant-design/icons";
import { Button, Dropdown, type TableColumnsType, Tag, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, queries, type Schemas } from "../../api/client";
import { useMay, useSession } from "../../api/session";
import { Ago } from "../../lib/Ago";
import { Forbidden } from "../../lib/Forbidden";
import { Page } from "../../lib/Page";
import { PagedTable, useListAddress } from "../../lib/PagedTable";
import { ShowOnce } from "../../lib/ShowOnce";
import { Teach } from "../../lib/Teach";
import { useAct } from "../../lib/useAct";
import { inState } from "./inState";
import { UserDialog } from "./UserDialog";

type User = Schemas["User"];

/** Everybody who can sign in; for admins of the platform. */
export function Component() {
  return useMay("user.manage") ? <Users /> : <Forbidden />;
}

function Users() {
  const { t } = useTranslation("users");
  const { q, cursor } = useListAddress();
  const users = queries.useQuery("get", "/api/v1/users", { params: { query: { q, ...(cursor ? { cursor } : {}) } } });
  const me = useSession().data?.name;
  const { act } = useAct();
  const [edited, setEdited] = useState<User | "new" | null>(null);
  const [link, setLink] = useState<{ name: string; token: string } | null>(null);

  const change = (name: string, body: Schemas["UserChange"], done: string) =>
    act(async () => api.PATCH("/api/v1/users/{name}", { params: await inState(name), body }), done);
  const newLink = (name: string) =>
    act(async () => {
      const { data } = await api.POST("/api/v1/users/{name}/link", { params: { path: { name } } });
      if (data) setLink({ name, token: data.setup_token });
    });

  const columns: TableColumnsType<User> = [
    {
      title: t("name"),
      render: (_, user) => (
        <>
          <strong>{user.title || user.name}</strong>{" "}
          {user.title && user.title !== user.name && <Typography.Text type="secondary">{user.name}</Typography.Text>}
        </>
      ),
    },
    { title: t("email"), dataIndex: "email", render: (email: string | null) => email ?? "–" },
    {
      title: t("state"),
      render: (_, user) => (
        <>
          {user.is_admin && <Tag color="blue">{t("platformAdmin")}</Tag>}
          {!user.active && <Tag color="error">{t("deactivated")}</Tag>}
          {user.active && user.signed_in_at === null && <Tag>{t("invited")}</Tag>}
        </>
      ),
    },
    { title: t("signedIn"), render: (_, user) => <Ago at={user.signed_in_at} /> },
    {
      width: 48,
      render: (_, user) => (
        <Dropdown
          trigger={["click"]}
          menu={{
            items: [
              { key: "edit", label: t("edit"), onClick: () => setEdited(user) },
              { key: "link", label: t("newLink"), disabled: !user.active, onClick: () => void newLink(user.name) },
              {
                key: "admin",
                label: user.is_admin ? t("takeAdmin") : t("makeAdmin"),
                disabled: user.name === me,
                onClick: () => void change(user.name, { is_admin: !user.is_admin }, t("changed", { name: user.name })),
              },
              {
                key: "active",
                danger: user.active,
                label: user.active ? t("deactivate") : t("activate"),
                disabled: user.name === me,
                onClick: () => void change(user.name, { active: !user.active }, t("changed", { name: user.name })),
              },
            ],
          }}
        >
          <Button type="text" icon={<MoreOutlined />} aria-label={t("actions", { name: user.name })} />
        </Dropdown>
      ),
    },
  ];
  return (
    <Page
      title={t("title")}
      about={t("about")}
      actions={
        <Button type="primary" icon={<PlusOutlined />} onClick={() => setEdited("new")}>
          {t("invite")}
        </Button>
      }
    >
      <PagedTable<User>
        label={t("title")}
        columns={columns}
        rowKey={({ name }) => name}
        query={users}
        search={t("search")}
        empty={<Teach icon={<TeamOutlined />} title={t("empty")} />}
      />
      {edited && (
        <UserDialog
          user={edited === "new" ? null : edited}
          onMade={(name, token) => setLink({ name, token })}
          onClose={() => setEdited(null)}
        />
      )}
      {link && (
        <ShowOnce
          title={t("linkTitle", { name: link.name })}
          about={t("linkAbout")}
          value={`${location.origin}/setup#${link.token}`}
          onClose={() => setLink(null)}
        />
      )}
    </Page>
  );
}
