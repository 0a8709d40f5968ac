import { ArrowLeftOutlined, ArrowRightOutlined } from "@ant-design/icons";
import { Button } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { NamedType } from "../../../data/parts";
import { ErrorNotice } from "../../../lib/ErrorNotice";
import { useFormat } from "../../../lib/format";
import { Loading } from "../../../lib/Loading";
import { Card } from "../../../lib/Page";
import { columnsOfVersion, useVersion } from "../dataset";
import { schemaDiff } from "./schemaDiff";
import styles from "./Versions.module.css";

interface CompareSchemasProps {
  dataset: string;
  from: number;
  to: number;
  onClose: () => void;
}

/** What became of rows and columns between two versions. */
export function CompareSchemas({ dataset, from, to, onClose }: CompareSchemasProps) {
  const { t } = useTranslation("datasets");
  const format = useFormat();
  const a = useVersion(dataset, from);
  const b = useVersion(dataset, to);
  const error = a.error ?? b.error;
  if (error) return <ErrorNotice error={error} onRetry={onClose} />;
  if (!a.data || !b.data) return <Loading />;
  const { added, removed, retyped, same } = schemaDiff(columnsOfVersion(a.data), columnsOfVersion(b.data));
  const name = ({ name: column, type }: NamedType) => (
    <>
      <code>{column}</code> <span>{type}</span>
    </>
  );
  return (
    <Card
      title={t("compare.title", { from, to })}
      actions={
        <Button size="small" icon={<ArrowLeftOutlined />} onClick={onClose}>
          {t("compare.back")}
        </Button>
      }
    >
      <p className={styles.summary}>
        {t("compare.rows", { from: format.number(a.data.rows), to: format.number(b.data.rows) })} ·{" "}
        {t("compare.same", { count: same })}
        {a.data.content_hash === b.data.content_hash && <> · {t("compare.identical")}</>}
      </p>
      <div className={styles.groups}>
        <Group title={t("compare.added", { count: added.length })} look="added" items={added.map(name)} />
        <Group title={t("compare.removed", { count: removed.length })} look="removed" items={removed.map(name)} />
        <Group
          title={t("compare.retyped", { count: retyped.length })}
          look="retyped"
          items={retyped.map(({ name: column, before, after }) => (
            <>
              <code>{column}</code>{" "}
              <span>
                {before} <ArrowRightOutlined /> {after}
              </span>
            </>
          ))}
        />
      </div>
    </Card>
  );
}

const MOST = 500;

function Group({
  title,
  look,
  items,
}: {
  title: string;
  look: "added" | "removed" | "retyped";
  items: readonly ReactNode[];
}) {
  const { t } = useTranslation("datasets");
  return (
    <section className={styles.group} data-look={look}>
      <h3>{title}</h3>
      {items.length === 0 ? (
        <p className={styles.quiet}>{t("compare.none")}</p>
      ) : (
        <ul>
          {items.slice(0, MOST).map((item, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes
            <li key={index}>{item}</li>
          ))}
          {items.length > MOST && <li className={styles.quiet}>{t("compare.more", { count: items.length - MOST })}</li>}
        </ul>
      )}
    </section>
  );
}
