import { EditOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { queries } from "../../api/client";
import { useProjectName } from "../../api/project";
import { useMay } from "../../api/session";
import { ErrorNotice } from "../../lib/ErrorNotice";
import { useFormat } from "../../lib/format";
import { Loading } from "../../lib/Loading";
import { Card } from "../../lib/Page";
import { Meter, Meters } from "../pools/Meter";
import { QuotaDialog } from "./QuotaDialog";
import styles from "./settings.module.css";
import { shareOf } from "./shareOf";

/** What the project may have of all pools together, and what it uses. */
export function Quota() {
  const { t } = useTranslation("settings");
  const format = useFormat();
  const project_name = useProjectName();
  const quota = queries.useQuery("get", "/api/v1/projects/{project_name}/quota", {
    params: { path: { project_name } },
  });
  const mayManage = useMay("pool.manage");
  const [isEditing, setEditing] = useState(false);
  if (quota.isPending) return <Loading />;
  if (quota.error) return <ErrorNotice error={quota.error} onRetry={() => void quota.refetch()} />;
  const { limits, used } = quota.data;
  const texts = { cpu: format.number, gpu: format.number, trainings: format.number, storage: format.bytes };
  return (
    <Card
      title={t("quota.title")}
      actions={
        mayManage && (
          <Button size="small" icon={<EditOutlined />} onClick={() => setEditing(true)} aria-label={t("quota.edit")}>
            {t("edit")}
          </Button>
        )
      }
    >
      <p className={styles.help}>{t("quota.help")}</p>
      <div className={styles.form}>
        <Meters>
          {(["cpu", "gpu", "trainings", "storage"] as const).map((name) => {
            const limit = limits[name] ?? null;
            return (
              <Meter
                key={name}
                label={t(`quota.${name}`)}
                share={shareOf(used[name], limit)}
                text={
                  limit === null
                    ? t("quota.unlimited", { used: texts[name](used[name]) })
                    : t("quota.of", { used: texts[name](used[name]), all: texts[name](limit) })
                }
              />
            );
          })}
        </Meters>
      </div>
      <p className={styles.after}>
        {t("quota.weightIs", { weight: format.number(limits.weight) })}{" "}
        {t(limits.borrows ? "quota.mayBorrow" : "quota.mayNotBorrow")}
      </p>
      {isEditing && <QuotaDialog quota={quota.data} onClose={() => setEditing(false)} />}
    </Card>
  );
}
