import { Form, Input, InputNumber, Select } from "antd";
import { useTranslation } from "react-i18next";
import { api, queries, type Schemas } from "../../api/client";
import { FormModal } from "../../lib/FormModal";

type NewToken = Schemas["NewToken"];

/** A token for a program: what it may do, where, how long. */
export function TokenDialog({ onMade, onClose }: { onMade: (key: string) => void; onClose: () => void }) {
  const { t } = useTranslation("account");
  const projects = queries.useQuery("get", "/api/v1/projects", { params: { query: { limit: 100 } } });
  const roles = queries.useQuery("get", "/api/v1/roles");
  const permissions = [...new Set((roles.data ?? []).flatMap((role) => role.permissions))].sort();
  const make = async (body: NewToken) => {
    const { data } = await api.POST("/api/v1/account/tokens", { body: { ...body, project: body.project ?? null } });
    if (data) onMade(data.key);
  };
  return (
    <FormModal<NewToken>
      title={t("newToken")}
      submit={t("makeToken")}
      initial={{ days: 90 }}
      onSubmit={make}
      onClose={onClose}
    >
      <Form.Item
        name="name"
        label={t("tokenName")}
        extra={t("tokenNameHelp")}
        rules={[{ required: true, message: t("nameMissing") }]}
      >
        <Input autoFocus maxLength={100} />
      </Form.Item>
      <Form.Item name="scopes" label={t("scopes")} extra={t("scopesHelp")}>
        <Select
          mode="multiple"
          options={permissions.map((value) => ({ value, label: value }))}
          placeholder={t("allScopes")}
        />
      </Form.Item>
      <Form.Item name="project" label={t("project")}>
        <Select
          allowClear
          placeholder={t("allProjects")}
          options={(projects.data?.items ?? []).map(({ name, title }) => ({ value: name, label: title || name }))}
        />
      </Form.Item>
      <Form.Item name="days" label={t("days")} rules={[{ required: true, message: t("daysMissing") }]}>
        <InputNumber min={1} max={365} />
      </Form.Item>
    </FormModal>
  );
}
