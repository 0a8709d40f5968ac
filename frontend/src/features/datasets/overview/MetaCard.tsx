import { EditOutlined } from "@ant-design/icons";
import { Button, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { Card } from "../../../lib/Page";
import { Teach } from "../../../lib/Teach";
import type { Meta, SeenDataset } from "../dataset";
import { MetaForm } from "./MetaForm";
import { META_FIELDS, textOf } from "./mergeMeta";
import styles from "./Overview.module.css";

/** What people say about a dataset; edited in its place. */
export function MetaCard({ seen, mayWrite }: { seen: SeenDataset; mayWrite: boolean }) {
  const { t } = useTranslation("datasets");
  const { t: common } = useTranslation();
  const [address, setAddress] = useSearchParams();
  const isEditing = mayWrite && address.get("edit") === "meta";
  const edit = () => setAddress({ edit: "meta" });
  const { meta } = seen.dataset;
  const isEmpty = META_FIELDS.every((field) => !textOf(meta[field]));
  return (
    <Card
      title={t("meta.heading")}
      actions={
        mayWrite &&
        !isEditing && (
          <Button size="small" icon={<EditOutlined />} onClick={edit} aria-label={t("meta.edit")}>
            {common("edit")}
          </Button>
        )
      }
    >
      {isEditing ? (
        <MetaForm seen={seen} onClose={() => setAddress({})} />
      ) : isEmpty ? (
        <Teach
          title={t("meta.none")}
          action={
            mayWrite && (
              <Button type="primary" onClick={edit}>
                {t("meta.describe")}
              </Button>
            )
          }
        >
          {t("meta.noneHelp")}
        </Teach>
      ) : (
        <MetaFacts meta={meta} />
      )}
    </Card>
  );
}

const CODE = new Set(["target", "time_column", "group_column"]);

function MetaFacts({ meta }: { meta: Meta }) {
  const { t } = useTranslation("datasets");
  return (
    <dl className={styles.meta}>
      {META_FIELDS.map((field) => {
        const text = textOf(meta[field]);
        if (!text) return null;
        return (
          <div key={field}>
            <dt>{t(`meta.${field}`)}</dt>
            <dd>
              {field === "tags" ? (
                meta.tags?.map((tag) => <Tag key={tag}>{tag}</Tag>)
              ) : CODE.has(field) ? (
                <code>{text}</code>
              ) : (
                text
              )}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
