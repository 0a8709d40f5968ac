import { ClusterOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import { queries } from "../../api/client";
import { ErrorNotice } from "../../lib/ErrorNotice";
import { Loading } from "../../lib/Loading";
import { Page } from "../../lib/Page";
import { Teach } from "../../lib/Teach";
import { PoolCard } from "./PoolCard";
import styles from "./PoolsPage.module.css";
import { Waiting } from "./Waiting";
import { Workers } from "./Workers";

/** Milliseconds: what runs and waits changes all the time. */
export const REFRESH = 3_000;

/** Where tasks run: capacity, use, workers, and what waits for which reason. */
export function Component() {
  const { t } = useTranslation("pools");
  const pools = queries.useQuery("get", "/api/v1/pools", {}, { refetchInterval: REFRESH });
  if (pools.isPending) return <Loading />;
  const items = pools.data?.items ?? [];
  return (
    <Page title={t("title")} about={t("about")}>
      {pools.error && <ErrorNotice error={pools.error} onRetry={() => void pools.refetch()} />}
      {items.length === 0 && !pools.error && <Teach icon={<ClusterOutlined />} title={t("empty")} />}
      <div className={styles.cards}>
        {items.map((pool) => (
          <PoolCard key={pool.name} pool={pool} />
        ))}
      </div>
      {items.length > 0 && <Waiting pools={items.map(({ name }) => name)} />}
      <Workers />
    </Page>
  );
}
