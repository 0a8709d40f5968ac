import { Checkbox, Form, Input, Radio, Select } from "antd";
import { useTranslation } from "react-i18next";
import { api, ifMatch, type Schemas } from "../../../api/client";
import { useProjectName } from "../../../api/project";
import { FormModal } from "../../../lib/FormModal";
import { FlowField } from "../timetableFields";
import { NOTIFICATION_PATH } from "./Notifications";

type Notification = Schemas["Notification"];
type Kind = Notification["kind"];
type End = NonNullable<Notification["ends"]>[number];

interface Values {
  name: string;
  kind: Kind;
  url?: string | null;
  addresses?: string[];
  ends: End[];
  flow?: string | null;
  enabled: boolean;
}

const KINDS = ["webhook", "email"] as const;
const ENDS = ["failed", "done", "cancelled"] as const;
const STANDARD: Partial<Values> = { kind: "webhook", ends: ["failed"], enabled: true };

interface NotificationDialogProps {
  /** null: a new one. */
  notification: Notification | null;
  /** What a new webhook's messages are signed with. */
  onSecret: (secret: string) => void;
  onClose: () => void;
}

/** Where messages go, and about which ends of runs. */
export function NotificationDialog({ notification, onSecret, onClose }: NotificationDialogProps) {
  const { t } = useTranslation("settings");
  const project_name = useProjectName();
  const save = async ({ name, kind, url, addresses, ends, flow, enabled }: Values) => {
    const where = kind === "webhook" ? { url: url?.trim() ?? null } : { addresses: addresses ?? [] };
    const body = { ...where, ends, flow: flow ?? null, enabled };
    if (!notification) {
      const params = { path: { project_name } };
      const path = "/api/v1/projects/{project_name}/notifications";
      const { data } = await api.POST(path, { params, body: { name, kind, ...body } });
      if (data?.secret) onSecret(data.secret);
      return;
    }
    const path = { project_name, name: notification.name };
    const { response } = await api.GET(NOTIFICATION_PATH, { params: { path } });
    await api.PUT(NOTIFICATION_PATH, { params: { path, header: ifMatch(response) }, body });
  };
  return (
    <FormModal<Values>
      title={notification ? notification.name : t("notifications.create")}
      submit={t("save")}
      initial={notification ?? STANDARD}
      onSubmit={save}
      onClose={onClose}
    >
      {!notification && (
        <Form.Item
          name="name"
          label={t("notifications.name")}
          rules={[{ required: true, message: t("notifications.nameMissing") }]}
        >
          <Input autoFocus maxLength={100} />
        </Form.Item>
      )}
      <Form.Item name="kind" label={t("notifications.kind")} hidden={notification !== null}>
        <Radio.Group
          optionType="button"
          options={KINDS.map((value) => ({ value, label: t(`notifications.kinds.${value}`) }))}
        />
      </Form.Item>
      <WhereField isNew={notification === null} />
      <Form.Item
        name="ends"
        label={t("notifications.when")}
        rules={[{ type: "array", min: 1, message: t("notifications.endsMissing") }]}
      >
        <Checkbox.Group options={ENDS.map((value) => ({ value, label: t(`notifications.ends.${value}`) }))} />
      </Form.Item>
      <FlowField placeholder={t("notifications.allFlows")} />
      <Form.Item name="enabled" valuePropName="checked">
        <Checkbox>{t("notifications.enabled")}</Checkbox>
      </Form.Item>
    </FormModal>
  );
}

function WhereField({ isNew }: { isNew: boolean }) {
  const { t } = useTranslation("settings");
  const kind = Form.useWatch<Kind | undefined>("kind");
  if (kind === "email")
    return (
      <Form.Item
        key="email"
        name="addresses"
        label={t("notifications.addresses")}
        extra={t("notifications.addressesHelp")}
        rules={[{ required: true, message: t("notifications.addressesMissing") }]}
      >
        <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={[",", ";", " ", "\n"]} />
      </Form.Item>
    );
  return (
    <Form.Item
      key="webhook"
      name="url"
      label={t("notifications.url")}
      extra={t(isNew ? "notifications.urlHelp" : "notifications.urlKeeps")}
      rules={[{ required: true, message: t("notifications.urlMissing") }]}
    >
      <Input placeholder="https://" maxLength={2000} spellCheck={false} autoComplete="off" />
    </Form.Item>
  );
}
