import { DownOutlined } from "@ant-design/icons";
import { AutoComplete } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { queries } from "../../api/client";
import { useProjectName, useProjectPath } from "../../api/project";
import { useFormat } from "../../lib/format";
import styles from "../forms.module.css";
import { lookOf } from "../look";
import { emptied } from "../spec";
import { useDraft } from "../useDraft";
import type { WidgetProps } from "../widget";

interface NamesProps extends WidgetProps {
  names: readonly { value: string; label: React.ReactNode; search: string }[];
  placeholder: string;
  empty: string | null;
  onSearch?: (text: string) => void;
}

/** A name of something that the server has; one that it does not have (yet) can be typed. */
export function Names({ names, placeholder, empty, onSearch, ...props }: NamesProps) {
  const { field, value, onChange } = props;
  const { text, type, leave } = useDraft(typeof value === "string" ? value : "", (typed) => {
    onChange(typed || emptied(field));
    return true;
  });
  return (
    <AutoComplete
      {...lookOf(props)}
      className={styles.full ?? ""}
      popupMatchSelectWidth={false}
      options={[...names]}
      value={text}
      onChange={(name: string | undefined) => type(name ?? "")}
      onSelect={(name) => onChange(name)}
      onBlur={leave}
      showSearch={{
        filterOption: (typed, option) =>
          typed === value || String(option?.search).toLowerCase().includes(typed.toLowerCase()),
        ...(onSearch && { onSearch }),
      }}
      allowClear
      suffixIcon={names.length > 0 ? <DownOutlined /> : null}
      placeholder={placeholder}
      notFoundContent={empty}
    />
  );
}

/** A dataset of the project; of the chosen one, what its newest version holds. */
export function DatasetWidget(props: WidgetProps) {
  const { t } = useTranslation("forms");
  const project_name = useProjectName();
  const [q, setQ] = useState("");
  const datasets = queries.useQuery(
    "get",
    "/api/v1/projects/{project_name}/datasets",
    { params: { path: { project_name }, query: { q, limit: 50 } } },
    { placeholderData: (before) => before },
  );
  const names = (datasets.data?.items ?? []).map(({ name, meta, latest }) => ({
    value: name,
    search: `${name} ${meta.title ?? ""}`,
    label: (
      <span className={styles.option}>
        <span className={styles.optionName}>{meta.title ? `${name} · ${meta.title}` : name}</span>
        <span className={styles.type}>{latest === null ? "–" : t("version", { number: latest })}</span>
      </span>
    ),
  }));
  return (
    <>
      <Names
        {...props}
        names={names}
        placeholder={t("chooseDataset")}
        empty={t("noDatasets")}
        onSearch={(text) => setQ(text === props.value ? "" : text)}
      />
      {typeof props.value === "string" && props.value && <Newest name={props.value} />}
    </>
  );
}

function Newest({ name }: { name: string }) {
  const { t } = useTranslation("forms");
  const project_name = useProjectName();
  const path = useProjectPath();
  const format = useFormat();
  const dataset = queries.useQuery(
    "get",
    "/api/v1/projects/{project_name}/datasets/{name}",
    { params: { path: { project_name, name } } },
    { retry: false },
  );
  if (dataset.isPending) return <p className={styles.help}>…</p>;
  if (dataset.error) return <p className={styles.missing}>{t("noSuchDataset", { name })}</p>;
  const { latest, rows, columns } = dataset.data;
  return (
    <p className={styles.help}>
      {latest === null
        ? t("noVersions")
        : t("newest", { number: latest, rows: format.number(rows ?? 0), columns: format.number(columns ?? 0) })}{" "}
      <Link to={path(`/datasets/${encodeURIComponent(name)}`)}>{t("look")}</Link>
    </p>
  );
}

/** A secret of the project, by its name; its value never comes here. */
export function SecretWidget(props: WidgetProps) {
  const { t } = useTranslation("forms");
  const project_name = useProjectName();
  const secrets = queries.useQuery(
    "get",
    "/api/v1/projects/{project_name}/secrets",
    { params: { path: { project_name }, query: { limit: 200 } } },
    { retry: false },
  );
  const names = (secrets.data?.items ?? []).map(({ name }) => ({ value: name, label: name, search: name }));
  const isNew = secrets.data && typeof props.value === "string" && props.value !== "";
  return (
    <>
      <Names {...props} names={names} placeholder={t("chooseSecret")} empty={t("noSecrets")} />
      {isNew && !names.some(({ value }) => value === props.value) && (
        <p className={styles.missing}>{t("problem.secret_unknown", { value: String(props.value) })}</p>
      )}
    </>
  );
}
