import { Form, InputNumber } from "antd";
import { useTranslation } from "react-i18next";
import { api, queries } from "../../api/client";
import { useProjectName } from "../../api/project";
import { FormModal } from "../../lib/FormModal";

const PATH = "/api/v1/projects/{project_name}/flows/{flow}/limit";

/** How many runs of a flow are open at once. */
export function LimitDialog({ flow, onClose }: { flow: string; onClose: () => void }) {
  const { t } = useTranslation("flows");
  const { t: common } = useTranslation();
  const params = { path: { project_name: useProjectName(), flow } };
  const limit = queries.useQuery("get", PATH, { params }, { gcTime: 0 });
  if (!limit.data) return null;
  const { open, waiting, max_open_runs } = limit.data;
  return (
    <FormModal<{ max_open_runs: number | null }>
      title={t("limit.title", { name: flow })}
      submit={common("save")}
      initial={{ max_open_runs }}
      onSubmit={async (body) => {
        await api.PUT(PATH, { params, body });
      }}
      onClose={onClose}
    >
      <p>{t("limit.now", { open, waiting })}</p>
      <Form.Item name="max_open_runs" label={t("limit.most")} extra={t("limit.help")}>
        <InputNumber min={1} max={10_000} precision={0} placeholder={t("limit.none")} autoFocus />
      </Form.Item>
    </FormModal>
  );
}
