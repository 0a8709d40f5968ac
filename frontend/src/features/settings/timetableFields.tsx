import { AutoComplete, Form, Input, InputNumber, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { queries } from "../../api/client";
import { useProjectName } from "../../api/project";

/** Fields that schedules, backfills and notifications share. */

const EXAMPLES = {
  daily: "0 6 * * *",
  hourly: "0 * * * *",
  quarters: "*/15 * * * *",
  weekdays: "0 6 * * 1-5",
  monthly: "0 6 1 * *",
} as const;
const EXAMPLE_NAMES = Object.keys(EXAMPLES) as (keyof typeof EXAMPLES)[];
export const OWN_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;
const ZONES = [...new Set(["UTC", OWN_ZONE, ...Intl.supportedValuesOf("timeZone")])];
export const DAILY = EXAMPLES.daily;

/** `placeholder`: what it means that no flow is chosen; without it one must be. */
export function FlowField({ placeholder }: { placeholder?: string }) {
  const { t } = useTranslation("settings");
  const project_name = useProjectName();
  const [q, setQ] = useState("");
  const flows = queries.useQuery("get", "/api/v1/projects/{project_name}/flows", {
    params: { path: { project_name }, query: { q, limit: 50 } },
  });
  return (
    <Form.Item
      name="flow"
      label={t("schedules.flow")}
      rules={placeholder ? [] : [{ required: true, message: t("schedules.flowMissing") }]}
    >
      <Select
        {...(placeholder ? { placeholder, allowClear: true } : {})}
        showSearch={{ onSearch: setQ, filterOption: false }}
        options={(flows.data?.items ?? []).map(({ name }) => ({ value: name, label: name }))}
      />
    </Form.Item>
  );
}

export function CronField() {
  const { t } = useTranslation("settings");
  return (
    <Form.Item
      name="cron"
      label={t("schedules.cron")}
      extra={t("schedules.cronHelp")}
      rules={[{ required: true, message: t("schedules.cronMissing") }]}
    >
      <AutoComplete
        options={EXAMPLE_NAMES.map((name) => ({
          value: EXAMPLES[name],
          label: `${EXAMPLES[name]} · ${t(`schedules.examples.${name}`)}`,
        }))}
      />
    </Form.Item>
  );
}

export function TimezoneField() {
  const { t } = useTranslation("settings");
  return (
    <Form.Item name="timezone" label={t("schedules.timezone")}>
      <Select showSearch options={ZONES.map((value) => ({ value, label: value }))} />
    </Form.Item>
  );
}

export function ParamsField() {
  const { t } = useTranslation("settings");
  return (
    <Form.Item
      name="params"
      label={t("schedules.params")}
      extra={t("schedules.paramsHelp", { day: "{{ scheduled_date }}", moment: "{{ scheduled_time }}" })}
      rules={[{ validator: async (_, text: string) => void paramsOf(text), message: t("schedules.paramsWrong") }]}
    >
      <Input.TextArea autoSize={{ minRows: 1, maxRows: 8 }} spellCheck={false} />
    </Form.Item>
  );
}

/** What the field of params holds. Throws for what is no JSON. */
export function paramsOf(text: string): Record<string, unknown> {
  return JSON.parse(text || "{}") as Record<string, unknown>;
}

export function PriorityField({ placeholder }: { placeholder?: string }) {
  const { t } = useTranslation("settings");
  return (
    <Form.Item name="priority" label={t("schedules.priority")}>
      <InputNumber min={-1000} max={1000} precision={0} {...(placeholder ? { placeholder } : {})} />
    </Form.Item>
  );
}
