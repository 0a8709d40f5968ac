import { PlusOutlined } from "@ant-design/icons";
import { Button, Dropdown, Tabs, Tag } from "antd";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { useParams, useSearchParams } from "react-router";
import { useMayHere, useProjectPath } from "../../api/project";
import { ErrorNotice } from "../../lib/ErrorNotice";
import { useFormat } from "../../lib/format";
import { Loading } from "../../lib/Loading";
import { Page } from "../../lib/Page";
import { AddData } from "./add/AddData";
import { useAdding } from "./add/adding";
import { Columns } from "./columns/Columns";
import styles from "./Datasets.module.css";
import { DataTab } from "./DataTab";
import { type SeenDataset, useDataset } from "./dataset";
import { Lineage } from "./lineage/Lineage";
import { Overview } from "./overview/Overview";
import { Retention } from "./retention/Retention";
import { FromRun } from "./versions/FromRun";
import { Versions } from "./versions/Versions";

const TABS = ["overview", "data", "columns", "versions", "lineage", "retention"] as const;
type Tab = (typeof TABS)[number];

/** One dataset: what it means, its rows, its columns, its versions, who reads it, how long it is kept. */
export function Component() {
  const { t } = useTranslation("datasets");
  const name = useParams().dataset ?? "";
  const path = useProjectPath();
  const seen = useDataset(name);
  const back = { to: path("/datasets"), label: t("title") };
  if (seen.error)
    return (
      <Page title={name} back={back}>
        <ErrorNotice error={seen.error} onRetry={() => void seen.refetch()} />
      </Page>
    );
  if (!seen.data) return <Loading />;
  return <Content key={name} seen={seen.data} back={back} />;
}

function Content({ seen, back }: { seen: SeenDataset; back: { to: string; label: string } }) {
  const { t } = useTranslation("datasets");
  const format = useFormat();
  const { dataset } = seen;
  const [address, setAddress] = useSearchParams();
  const mayWrite = useMayHere("dataset.write");
  const tab = TABS.find((known) => known === address.get("tab")) ?? "overview";
  const content: Record<Tab, ReactNode> = {
    overview: <Overview seen={seen} mayWrite={mayWrite} />,
    data: <DataTab dataset={dataset} mayWrite={mayWrite} />,
    columns: <Columns dataset={dataset} mayWrite={mayWrite} />,
    versions: <Versions dataset={dataset} />,
    lineage: <Lineage dataset={dataset} />,
    retention: <Retention seen={seen} mayWrite={mayWrite} />,
  };
  const size =
    dataset.rows === null || dataset.latest === null
      ? t("noRows")
      : `${t("size", { rows: format.number(dataset.rows), columns: format.number(dataset.columns ?? 0) })} · ${t("versionLong", { number: dataset.latest })}`;
  return (
    <Page
      title={dataset.meta.title || dataset.name}
      about={
        <span className={styles.titleTags}>
          <code>{dataset.name}</code>
          <span className="numbers">{size}</span>
          {dataset.meta.tags?.map((tag) => (
            <Tag key={tag}>{tag}</Tag>
          ))}
        </span>
      }
      back={back}
      actions={mayWrite && <NewVersion dataset={dataset.name} />}
    >
      <Tabs
        className={styles.tabs ?? ""}
        items={TABS.map((key) => ({ key, label: t(`tabs.${key}`), children: content[key] }))}
        activeKey={tab}
        // Each tab has an address of its own: another one starts without what belonged to this.
        onChange={(key) => setAddress({ tab: key })}
        destroyOnHidden
      />
      {mayWrite && <AddData dataset={dataset.name} />}
    </Page>
  );
}

function NewVersion({ dataset }: { dataset: string }) {
  const { t } = useTranslation("datasets");
  const { go } = useAdding();
  const [isFromRun, setFromRun] = useState(false);
  return (
    <>
      <Dropdown
        trigger={["click"]}
        menu={{
          items: [
            { key: "file", label: t("versions.fromFile"), onClick: () => go({ way: "file" }) },
            { key: "run", label: t("versions.fromRun"), onClick: () => setFromRun(true) },
          ],
        }}
      >
        <Button type="primary" icon={<PlusOutlined />}>
          {t("versions.new")}
        </Button>
      </Dropdown>
      {isFromRun && <FromRun dataset={dataset} onClose={() => setFromRun(false)} />}
    </>
  );
}
