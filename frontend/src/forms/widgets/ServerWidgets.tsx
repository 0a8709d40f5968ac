import { AutoComplete } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { queries } from "../../api/client";
import { useProjectName } from "../../api/project";
import styles from "../forms.module.css";
import type { WidgetProps } from "../widget";

interface NamesProps extends WidgetProps {
  names: readonly { value: string; label: string }[];
  placeholder: string;
  onSearch?: (text: string) => void;
}

/** A name of something that the server has; one that it does not have (yet) can be typed. */
function Names({ id, label, value, onChange, disabled, isInvalid, names, placeholder, onSearch }: NamesProps) {
  return (
    <AutoComplete
      id={id}
      aria-label={label}
      className={styles.full ?? ""}
      options={[...names]}
      value={typeof value === "string" ? value : ""}
      onChange={(name: string | undefined) => onChange(name || undefined)}
      showSearch={{
        filterOption: (typed, option) => String(option?.label).toLowerCase().includes(typed.toLowerCase()),
        ...(onSearch && { onSearch }),
      }}
      allowClear
      disabled={disabled}
      placeholder={placeholder}
      {...(isInvalid ? { status: "error" as const } : {})}
    />
  );
}

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
  const names = (datasets.data?.items ?? []).map(({ name, meta }) => ({
    value: name,
    label: meta.title ? `${name} · ${meta.title}` : name,
  }));
  return <Names {...props} names={names} placeholder={t("chooseDataset")} onSearch={setQ} />;
}

export function SecretWidget(props: WidgetProps) {
  const { t } = useTranslation("forms");
  const project_name = useProjectName();
  const secrets = queries.useQuery(
    "get",
    "/api/v1/projects/{project_name}/secrets",
    { params: { path: { project_name }, query: { limit: 200 } } },
    { retry: false },
  );
  const names = (secrets.data?.items ?? []).map(({ name }) => ({ value: name, label: name }));
  return <Names {...props} names={names} placeholder={t("chooseSecret")} />;
}
