import { Button, Drawer, Table, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, queries, type Schemas } from "../../../api/client";
import { useMayHere, useProjectName, useProjectPath } from "../../../api/project";
import { ErrorNotice } from "../../../lib/ErrorNotice";
import { useAct } from "../../../lib/useAct";
import { DeliveryState } from "./DeliveryState";
import { NOTIFICATION_PATH } from "./Notifications";

type Delivery = Schemas["Delivery"];

const SHOWN = 50;

/** The latest messages of a notification and what came of them. */
export function Deliveries({ name, onClose }: { name: string; onClose: () => void }) {
  const { t } = useTranslation("settings");
  const project_name = useProjectName();
  const here = useProjectPath();
  const mayWrite = useMayHere("notification.write");
  const { act } = useAct();
  const deliveries = queries.useQuery(
    "get",
    `${NOTIFICATION_PATH}/deliveries`,
    { params: { path: { project_name, name }, query: { limit: SHOWN } } },
    {
      refetchInterval: ({ state: { data } }) =>
        data?.items.some(({ state, tries }) => state === "pending" && tries === 0) ? 1000 : 10_000,
    },
  );
  const sendAgain = ({ id }: Delivery) =>
    act(() =>
      api.POST(`${NOTIFICATION_PATH}/deliveries/{delivery_id}/send-again`, {
        params: { path: { project_name, name, delivery_id: id } },
      }),
    );
  const columns: TableColumnsType<Delivery> = [
    {
      title: t("notifications.message"),
      render: (_, { run }) =>
        run === null ? (
          t("notifications.test")
        ) : (
          <Link to={here(`/runs/${run}`)}>{t("notifications.run", { run })}</Link>
        ),
    },
    { title: t("notifications.outcome"), render: (_, delivery) => <DeliveryState delivery={delivery} /> },
    {
      title: t("notifications.tries"),
      align: "right",
      render: (_, { tries }) => <span className="numbers">{tries}</span>,
    },
    {
      render: (_, delivery) =>
        mayWrite && (
          <Button
            size="small"
            disabled={delivery.state === "pending" && delivery.tries === 0}
            aria-label={t("notifications.sendAgainOf", {
              what: delivery.run === null ? t("notifications.test") : t("notifications.run", { run: delivery.run }),
            })}
            onClick={() => void sendAgain(delivery)}
          >
            {t("notifications.sendAgain")}
          </Button>
        ),
    },
  ];
  return (
    <Drawer open title={t("notifications.deliveriesOf", { name })} size={640} onClose={onClose}>
      {deliveries.error ? (
        <ErrorNotice error={deliveries.error} onRetry={() => void deliveries.refetch()} />
      ) : (
        <Table<Delivery>
          aria-label={t("notifications.deliveriesOf", { name })}
          size="small"
          columns={columns}
          dataSource={deliveries.data?.items ?? []}
          rowKey={({ id }) => id}
          loading={deliveries.isPending}
          pagination={false}
          locale={{ emptyText: deliveries.data ? t("notifications.noDeliveries") : " " }}
        />
      )}
    </Drawer>
  );
}
