import { Checkbox, Form, Input, Select } from "antd";
import { useTranslation } from "react-i18next";
import { api, ifMatch, type Schemas } from "../../api/client";
import { useProjectName } from "../../api/project";
import { FormModal } from "../../lib/FormModal";
import { SCHEDULE_PATH } from "./Schedules";
import styles from "./settings.module.css";
import {
  CronField,
  DAILY,
  FlowField,
  OWN_ZONE,
  ParamsField,
  PriorityField,
  paramsOf,
  TimezoneField,
} from "./timetableFields";

type Schedule = Schemas["Schedule"];

interface Values {
  name: string;
  flow: string;
  cron: string;
  timezone: string;
  catch_up: NonNullable<Schedule["catch_up"]>;
  overlap: NonNullable<Schedule["overlap"]>;
  priority: number | null;
  enabled: boolean;
  params: string;
}

const CATCH_UP = ["latest", "none", "all"] as const;
const OVERLAP = ["skip", "queue", "allow"] as const;

/** When a flow is started, with which values of its params. */
export function ScheduleDialog({ schedule, onClose }: { schedule: Schedule | null; onClose: () => void }) {
  const { t } = useTranslation("settings");
  const project_name = useProjectName();
  const save = async ({ name, params, priority, ...rest }: Values) => {
    const body = { ...rest, priority: priority ?? 0, params: paramsOf(params) };
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
  const standard = { timezone: OWN_ZONE, enabled: true, catch_up: "latest", overlap: "skip", priority: 0 } as const;
  const initial: Partial<Values> = schedule
    ? { ...standard, ...schedule, params: JSON.stringify(schedule.params ?? {}, null, 2) }
    : { ...standard, cron: DAILY, params: "{}" };
  return (
    <FormModal<Values>
      title={schedule ? schedule.name : t("schedules.create")}
      submit={t("save")}
      initial={initial}
      onSubmit={save}
      onClose={onClose}
    >
      {schedule ? (
        <FlowField />
      ) : (
        <div className={styles.pair}>
          <Form.Item
            name="name"
            label={t("schedules.name")}
            rules={[{ required: true, message: t("schedules.nameMissing") }]}
          >
            <Input autoFocus maxLength={100} />
          </Form.Item>
          <FlowField />
        </div>
      )}
      <div className={styles.pair}>
        <CronField />
        <TimezoneField />
      </div>
      <div className={styles.pair}>
        <Form.Item name="overlap" label={t("schedules.overlap")}>
          <Select options={OVERLAP.map((value) => ({ value, label: t(`schedules.overlaps.${value}`) }))} />
        </Form.Item>
        <Form.Item
          name="catch_up"
          label={t("schedules.catchUp")}
          dependencies={["overlap"]}
          rules={[
            ({ getFieldValue }) => ({
              validator: async (_, value) => {
                if (value === "all" && getFieldValue("overlap") === "skip") throw new Error();
              },
              message: t("schedules.allNeedsMore"),
            }),
          ]}
        >
          <Select options={CATCH_UP.map((value) => ({ value, label: t(`schedules.catchUps.${value}`) }))} />
        </Form.Item>
      </div>
      <PriorityField />
      <ParamsField />
      <Form.Item name="enabled" valuePropName="checked">
        <Checkbox>{t("schedules.enabled")}</Checkbox>
      </Form.Item>
    </FormModal>
  );
}
