import { Checkbox, DatePicker, Form, InputNumber, Select } from "antd";
import type dayjs from "dayjs";
import { useTranslation } from "react-i18next";
import { api, queries, type Schemas } from "../../../api/client";
import { useProjectName } from "../../../api/project";
import { FormModal } from "../../../lib/FormModal";
import { newKey } from "../../../lib/newKey";
import styles from "../settings.module.css";
import {
  CronField,
  DAILY,
  FlowField,
  OWN_ZONE,
  ParamsField,
  PriorityField,
  paramsOf,
  TimezoneField,
} from "../timetableFields";
import { rangeOf } from "./rangeOf";

interface Values {
  flow: string;
  schedule: string | null;
  cron: string;
  timezone: string;
  days: [dayjs.Dayjs, dayjs.Dayjs];
  params: string;
  priority: number | null;
  parallel: number;
  cascade: boolean;
}

/** Start a backfill: of a schedule, or at times of its own. */
export function BackfillDialog({ schedule, onClose }: { schedule?: Schemas["Schedule"]; onClose: () => void }) {
  const { t } = useTranslation("settings");
  const project_name = useProjectName();
  const schedules = queries.useQuery("get", "/api/v1/projects/{project_name}/schedules", {
    params: { path: { project_name }, query: { limit: 200 } },
  });
  const start = async (values: Values) => {
    const known = schedules.data?.items.find(({ name }) => name === values.schedule);
    const zone = known?.timezone ?? values.timezone;
    await api.POST("/api/v1/projects/{project_name}/backfills", {
      params: { path: { project_name }, header: { "Idempotency-Key": newKey() } },
      body: {
        flow: values.flow,
        ...(known ? { schedule: known.name } : { cron: values.cron, timezone: zone }),
        ...rangeOf(values.days, zone),
        params: paramsOf(values.params),
        priority: values.priority,
        parallel: values.parallel,
        cascade: values.cascade,
      },
    });
  };
  const initial: Partial<Values> = {
    ...(schedule ? { flow: schedule.flow, schedule: schedule.name } : { schedule: null }),
    cron: DAILY,
    timezone: OWN_ZONE,
    params: "{}",
    priority: null,
    parallel: 1,
    cascade: false,
  };
  return (
    <FormModal<Values>
      title={t("backfills.create")}
      submit={t("backfills.start")}
      initial={initial}
      onSubmit={start}
      onClose={onClose}
    >
      <div className={styles.pair}>
        <FlowField />
        <Form.Item noStyle dependencies={["flow"]}>
          {({ getFieldValue }) => (
            <Form.Item
              name="schedule"
              label={t("backfills.times")}
              rules={[
                {
                  validator: async (_, value: string | null) => {
                    const known = schedules.data?.items.find(({ name }) => name === value);
                    if (known && known.flow !== getFieldValue("flow")) throw new Error();
                  },
                  message: t("backfills.otherFlow"),
                },
              ]}
            >
              <Select
                options={[
                  { value: null, label: t("backfills.ownTimes") },
                  ...(schedules.data?.items ?? [])
                    .filter(({ flow }) => flow === getFieldValue("flow"))
                    .map(({ name, cron }) => ({ value: name, label: t("backfills.ofSchedule", { name, cron }) })),
                ]}
              />
            </Form.Item>
          )}
        </Form.Item>
      </div>
      <Form.Item noStyle dependencies={["schedule"]}>
        {({ getFieldValue }) =>
          getFieldValue("schedule") === null && (
            <div className={styles.pair}>
              <CronField />
              <TimezoneField />
            </div>
          )
        }
      </Form.Item>
      <Form.Item
        name="days"
        label={t("backfills.days")}
        extra={t("backfills.daysHelp")}
        rules={[{ required: true, message: t("backfills.daysMissing") }]}
      >
        <DatePicker.RangePicker style={{ width: "100%" }} aria-label={t("backfills.days")} />
      </Form.Item>
      <div className={styles.pair}>
        <Form.Item
          name="parallel"
          label={t("backfills.parallel")}
          rules={[{ required: true, message: t("backfills.parallelMissing") }]}
        >
          <InputNumber min={1} max={100} precision={0} />
        </Form.Item>
        <PriorityField placeholder={t("backfills.asScheduled")} />
      </div>
      <ParamsField />
      <Form.Item name="cascade" valuePropName="checked" extra={t("backfills.cascadeHelp")}>
        <Checkbox>{t("backfills.cascade")}</Checkbox>
      </Form.Item>
    </FormModal>
  );
}
