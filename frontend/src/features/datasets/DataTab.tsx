import { DatabaseOutlined } from "@ant-design/icons";
import { Alert, Button, Select } from "antd";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { useProjectName } from "../../api/project";
import { TableView } from "../../data/TableView";
import { useFormat } from "../../lib/format";
import { Teach } from "../../lib/Teach";
import { useAdding } from "./add/adding";
import styles from "./DataTab.module.css";
import { type Dataset, useVersion, useVersions } from "./dataset";

/** The rows of a version: the newest, or the one that the address names. */
export function DataTab({ dataset, mayWrite }: { dataset: Dataset; mayWrite: boolean }) {
  const { t } = useTranslation("datasets");
  const project = useProjectName();
  const { go } = useAdding();
  const [address, setAddress] = useSearchParams();
  const asked = Number(address.get("version"));
  const number = Number.isInteger(asked) && asked > 0 ? asked : dataset.latest;
  const version = useVersion(dataset.name, number);
  if (number === null)
    return (
      <Teach
        icon={<DatabaseOutlined />}
        title={t("data.none")}
        action={
          mayWrite && (
            <Button type="primary" onClick={() => go({ way: "file" })}>
              {t("versions.fromFile")}
            </Button>
          )
        }
      >
        {t("data.noneHelp")}
      </Teach>
    );
  return (
    <div className={styles.data}>
      <VersionChoice
        dataset={dataset}
        value={number}
        onChange={(chosen) => setAddress({ tab: "data", version: String(chosen) })}
      />
      {version.data?.expired_at ? (
        <Alert type="info" showIcon title={t("data.expired", { number })} />
      ) : (
        <div className={styles.table}>
          <TableView
            key={number}
            source={{ kind: "dataset", project, name: dataset.name, version: number }}
            label={t("data.label", { name: dataset.name, number })}
          />
        </div>
      )}
    </div>
  );
}

function VersionChoice({
  dataset,
  value,
  onChange,
}: {
  dataset: Dataset;
  value: number;
  onChange: (number: number) => void;
}) {
  const { t } = useTranslation("datasets");
  const format = useFormat();
  const versions = useVersions(dataset.name);
  const options = (versions.data?.items ?? []).map(({ number, rows, created_at }) => ({
    value: number,
    label: `${t("versionLong", { number })} · ${t("rows", { rows: format.number(rows), count: rows })} · ${format.ago(created_at)}`,
  }));
  return (
    <div className={styles.choice}>
      <Select
        aria-label={t("data.version")}
        value={value}
        options={
          options.some((option) => option.value === value)
            ? options
            : [...options, { value, label: t("versionLong", { number: value }) }]
        }
        popupMatchSelectWidth={false}
        onChange={onChange}
      />
    </div>
  );
}
