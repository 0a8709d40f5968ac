import { EditOutlined } from "@ant-design/icons";
import { Button, Tag, Tooltip } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { useMay } from "../../api/session";
import { useFormat } from "../../lib/format";
import { Card } from "../../lib/Page";
import { CapacityDialog } from "./CapacityDialog";
import { Meter, Meters } from "./Meter";
import styles from "./PoolsPage.module.css";
import { usePoolName } from "./poolName";

type Pool = Schemas["Pool"];

/** One pool: how much of it is used, and by how many. */
export function PoolCard({ pool }: { pool: Pool }) {
  const { t } = useTranslation("pools");
  const format = useFormat();
  const mayManage = useMay("pool.manage");
  const poolName = usePoolName();
  const [isEditing, setEditing] = useState(false);
  const meters = [
    { name: "cpu", used: pool.used.cpu, all: pool.capacity.cpu, text: format.number },
    { name: "gpu", used: pool.used.gpu, all: pool.capacity.gpu, text: format.number },
    { name: "memory", used: pool.used.memory, all: pool.capacity.memory, text: format.bytes },
  ] as const;
  return (
    <Card
      title={
        <>
          {poolName(pool.name)} <Tag>{t(`policies.${pool.policy}`)}</Tag>
          {pool.edited && (
            <Tooltip title={t("editedHelp")}>
              <Tag color="blue">{t("edited")}</Tag>
            </Tooltip>
          )}
        </>
      }
      actions={
        mayManage && (
          <Button
            size="small"
            icon={<EditOutlined />}
            onClick={() => setEditing(true)}
            aria-label={t("editOf", { name: poolName(pool.name) })}
          >
            {t("edit")}
          </Button>
        )
      }
    >
      <Meters>
        {meters.map(({ name, used, all, text }) => (
          <Meter
            key={name}
            label={t(name)}
            share={all > 0 ? used / all : 0}
            text={t("of", { used: text(used), all: text(all) })}
          />
        ))}
      </Meters>
      <div className={styles.counts}>
        <span>
          <strong>{pool.running}</strong> {t("running")}
        </span>
        <span>
          <strong>{pool.waiting}</strong> {t("waiting")}
        </span>
        <span>
          <strong>{pool.workers}</strong> {t("workers", { count: pool.workers })}
        </span>
      </div>
      {pool.policy === "mixed" && (
        <p className={styles.counts}>
          {t("isolatedIs", {
            cpu: format.number(pool.isolated.cpu),
            gpu: format.number(pool.isolated.gpu),
            memory: format.bytes(pool.isolated.memory),
          })}
        </p>
      )}
      {pool.note && <p className={styles.note}>{pool.note}</p>}
      {isEditing && <CapacityDialog pool={pool} onClose={() => setEditing(false)} />}
    </Card>
  );
}
