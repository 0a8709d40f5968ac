import { AutoComplete, Checkbox, Form, Input, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ifMatch, queries, type Schemas } from "../../api/client";
import { useProjectName } from "../../api/project";
import { FormModal } from "../../lib/FormModal";
import { SCHEDULE_PATH } from "./Schedules";

type Schedule = Schemas["Schedule"];

interface Values {
  name: string;
  flow: string;
  cron: string;
  timezone: string;
  enabled: boolean;
  params: string;
}

const EXAMPLES = {
  daily: "0 6 * * *",
  hourly: "0 * * * *",
  quarters: "*/15 * * * *",
  weekdays: "0 6 * * 1-5",
  monthly: "0 6 1 * *",
} as const;
const EXAMPLE_NAMES = Object.keys(EXAMPLES) as (keyof typeof EXAMPLES)[];
const ZONES = [
  ...new Set(["UTC", Intl.DateTimeFormat().resolvedOptions().timeZone, ...Intl.supportedValuesOf("timeZone")]),
];

/** When a flow is started, with which values of its params. */
export function ScheduleDialog({ schedule, onClose }: { schedule: Schedule | null; onClose: () => void }) {
  const { t } = useTranslation("settings");
  const project_name = useProjectName();
  const [q, setQ] = useState("");
  const flows = queries.useQuery("get", "/api/v1/projects/{project_name}/flows", {
    params: { path: { project_name }, query: { q, limit: 50 } },
  });
  const save = async ({ name, params, ...rest }: Values) => {
    const body = { ...rest, params: JSON.parse(params || "{}") as Record<string, unknown> };
    if (!schedule) {
      await api.POST("/api/v1/projects/{project_name}/schedules", {
        params: { path: { project_name } },
        body: { name, ...body },
      });
      return;
    }
    const path = { project_name, name: schedule.name };
    const { response } = await api.GET(SCHEDULE_PATH, { params: { path } });
    await api.PUT(SCHEDULE_PATH, { params: { path, header: ifMatch(response) }, body });
  };
  const initial: Partial<Values> = schedule
    ? {
        ...schedule,
        timezone: schedule.timezone ?? "UTC",
        enabled: schedule.enabled ?? true,
        params: JSON.stringify(schedule.params ?? {}, null, 2),
      }
    : { cron: "0 6 * * *", timezone: ZONES[1] ?? "UTC", enabled: true, params: "{}" };
  return (
    <FormModal<Values>
      title={schedule ? schedule.name : t("schedules.create")}
      submit={t("save")}
      initial={initial}
      onSubmit={save}
      onClose={onClose}
    >
      {!schedule && (
        <Form.Item
          name="name"
          label={t("schedules.name")}
          rules={[{ required: true, message: t("schedules.nameMissing") }]}
        >
          <Input autoFocus maxLength={100} />
        </Form.Item>
      )}
      <Form.Item
        name="flow"
        label={t("schedules.flow")}
        rules={[{ required: true, message: t("schedules.flowMissing") }]}
      >
        <Select
          showSearch={{ onSearch: setQ, filterOption: false }}
          options={(flows.data?.items ?? []).map(({ name }) => ({ value: name, label: name }))}
        />
      </Form.Item>
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
      <Form.Item name="timezone" label={t("schedules.timezone")}>
        <Select showSearch options={ZONES.map((value) => ({ value, label: value }))} />
      </Form.Item>
      <Form.Item
        name="params"
        label={t("schedules.params")}
        extra={t("schedules.paramsHelp")}
        rules={[
          { validator: async (_, text: string) => void JSON.parse(text || "{}"), message: t("schedules.paramsWrong") },
        ]}
      >
        <Input.TextArea autoSize={{ minRows: 2, maxRows: 8 }} spellCheck={false} />
      </Form.Item>
      <Form.Item name="enabled" valuePropName="checked">
        <Checkbox>{t("schedules.enabled")}</Checkbox>
      </Form.Item>
    </FormModal>
  );
}
