import { BellOutlined, MoreOutlined, PlusOutlined } from "@ant-design/icons";
import { App, Button, Dropdown, type MenuProps, type TableColumnsType, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ifMatch, queries, type Schemas } from "../../../api/client";
import { useMayHere, useProjectName } from "../../../api/project";
import { PagedTable, useListAddress } from "../../../lib/PagedTable";
import { ShowOnce } from "../../../lib/ShowOnce";
import { Teach } from "../../../lib/Teach";
import { useAct } from "../../../lib/useAct";
import styles from "../settings.module.css";
import { Deliveries } from "./Deliveries";
import { DeliveryState } from "./DeliveryState";
import { NotificationDialog } from "./NotificationDialog";

type Notification = Schemas["Notification"];
export const NOTIFICATION_PATH = "/api/v1/projects/{project_name}/notifications/{name}";

/** Who is told when runs end, and whether the messages arrive. */
export function Notifications() {
  const { t } = useTranslation("settings");
  const project_name = useProjectName();
  const { modal } = App.useApp();
  const { cursor, get, change } = useListAddress();
  const notifications = queries.useQuery(
    "get",
    "/api/v1/projects/{project_name}/notifications",
    { params: { path: { project_name }, query: cursor ? { cursor } : {} } },
    { refetchInterval: 15_000 },
  );
  const mayWrite = useMayHere("notification.write");
  const { act } = useAct();
  const [edited, setEdited] = useState<Notification | "new" | null>(null);
  const [secret, setSecret] = useState<string | null>(null);
  const opened = get("notification");

  const sendTest = async (name: string) => {
    const params = { path: { project_name, name } };
    // What comes of it stands among the deliveries.
    if (await act(() => api.POST(`${NOTIFICATION_PATH}/test`, { params }))) change({ notification: name });
  };
  const renew = (name: string) =>
    modal.confirm({
      title: t("notifications.newSecretSure", { name }),
      content: t("notifications.newSecretHelp"),
      okText: t("notifications.newSecret"),
      onOk: () =>
        act(async () => {
          const { data } = await api.POST(`${NOTIFICATION_PATH}/secret`, { params: { path: { project_name, name } } });
          setSecret(data?.secret ?? null);
        }),
    });
  const remove = (name: string) =>
    modal.confirm({
      title: t("notifications.deleteSure", { name }),
      okText: t("delete"),
      onOk: () =>
        act(
          async () => {
            const path = { project_name, name };
            const { response } = await api.GET(NOTIFICATION_PATH, { params: { path } });
            await api.DELETE(NOTIFICATION_PATH, { params: { path, header: ifMatch(response) } });
          },
          t("notifications.deleted", { name }),
        ),
    });
  const menu = (notification: Notification): MenuProps["items"] => [
    { key: "edit", label: t("edit"), onClick: () => setEdited(notification) },
    { key: "test", label: t("notifications.sendTest"), onClick: () => void sendTest(notification.name) },
    ...(notification.kind === "webhook"
      ? [{ key: "secret", label: t("notifications.newSecret"), onClick: () => void renew(notification.name) }]
      : []),
    { key: "delete", danger: true, label: t("delete"), onClick: () => void remove(notification.name) },
  ];
  const columns: TableColumnsType<Notification> = [
    {
      title: t("notifications.name"),
      render: (_, { name, enabled }) => (
        <>
          <Button
            type="link"
            size="small"
            className={styles.inline ?? ""}
            onClick={() => change({ notification: name })}
          >
            {name}
          </Button>{" "}
          {!enabled && <Tag>{t("notifications.off")}</Tag>}
        </>
      ),
    },
    {
      title: t("notifications.to"),
      render: (_, { kind, url, addresses = [] }) => (
        <>
          {t(`notifications.kinds.${kind}`)}
          <div className={styles.long}>{kind === "webhook" ? url : addresses.join(", ")}</div>
        </>
      ),
    },
    {
      title: t("notifications.about"),
      render: (_, { ends = [], flow }) => (
        <>
          {ends.map((end) => t(`notifications.ends.${end}`)).join(" · ")}
          <div className={styles.small}>{flow ?? t("notifications.allFlows")}</div>
        </>
      ),
    },
    {
      title: t("notifications.last"),
      render: (_, { last }) => (last ? <DeliveryState delivery={last} /> : "–"),
    },
    {
      width: 48,
      render: (_, notification) =>
        mayWrite && (
          <Dropdown trigger={["click"]} menu={{ items: menu(notification) }}>
            <Button
              type="text"
              icon={<MoreOutlined />}
              aria-label={t("notifications.actions", { name: notification.name })}
            />
          </Dropdown>
        ),
    },
  ];
  return (
    <>
      {mayWrite && (
        <div className={styles.tools}>
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setEdited("new")}>
            {t("notifications.create")}
          </Button>
        </div>
      )}
      <PagedTable<Notification>
        label={t("notifications.tab")}
        columns={columns}
        rowKey={({ name }) => name}
        query={notifications}
        empty={
          <Teach icon={<BellOutlined />} title={t("notifications.empty")}>
            {t("notifications.emptyHelp")}
          </Teach>
        }
      />
      {edited && (
        <NotificationDialog
          notification={edited === "new" ? null : edited}
          onSecret={setSecret}
          onClose={() => setEdited(null)}
        />
      )}
      {secret && (
        <ShowOnce
          title={t("notifications.secret")}
          about={t("notifications.secretHelp")}
          value={secret}
          onClose={() => setSecret(null)}
        />
      )}
      {opened && <Deliveries name={opened} onClose={() => change({ notification: null })} />}
    </>
  );
}
