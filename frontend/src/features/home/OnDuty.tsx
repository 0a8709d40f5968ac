import { ClusterOutlined } from "@ant-design/icons";
import { Progress } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { queries } from "../../api/client";
import { useFormat } from "../../lib/format";
import { usePoolName } from "../pools/poolName";
import { Block } from "./Block";
import styles from "./HomePage.module.css";

/** The pools at this moment, for whoever looks after them. */
export function OnDuty() {
  const { t } = useTranslation("home");
  const format = useFormat();
  const poolName = usePoolName();
  const pools = queries.useQuery("get", "/api/v1/pools", {}, { refetchInterval: 5_000 });
  return (
    <Block
      title={t("pools")}
      actions={<Link to="/pools">{t("all")}</Link>}
      query={pools}
      rows={(pools.data?.items ?? []).map((pool) => ({
        key: pool.name,
        to: `/pools?pool=${encodeURIComponent(pool.name)}`,
        icon: <ClusterOutlined />,
        name: poolName(pool.name),
        about: (
          <>
            <Progress
              className={styles.meter ?? ""}
              size="small"
              showInfo={false}
              percent={pool.capacity.cpu > 0 ? (100 * pool.used.cpu) / pool.capacity.cpu : 0}
              aria-hidden="true"
            />
            {t("takes", { used: format.number(pool.used.cpu), all: format.number(pool.capacity.cpu) })} ·{" "}
            {t("tasks", { running: pool.running, waiting: pool.waiting })}
          </>
        ),
      }))}
      empty={null}
    />
  );
}
