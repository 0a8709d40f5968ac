import { Button, Form, InputNumber, Switch } from "antd";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../../api/client";
import { useProjectName } from "../../api/project";
import { FormModal } from "../../lib/FormModal";
import { FormRow } from "../../lib/FormRow";
import { useAct } from "../../lib/useAct";

type Limits = Schemas["QuotaLimits"];
type Values = Omit<Limits, "storage"> & { gigabytes: number | null };
const GIB = 1024 ** 3;
const PATH = "/api/v1/projects/{project_name}/quota";

/** Set what the project may have; running tasks go on in any case. */
export function QuotaDialog({ quota, onClose }: { quota: Schemas["Quota"]; onClose: () => void }) {
  const { t } = useTranslation("settings");
  const params = { path: { project_name: useProjectName() } };
  const { act, isBusy } = useAct();
  const save = async ({ gigabytes, ...others }: Values) => {
    const storage = gigabytes === null ? null : Math.round(gigabytes * GIB);
    await api.PUT(PATH, { params, body: { ...others, storage } });
  };
  const { storage, ...limits } = quota.limits;
  const gigabytes = typeof storage === "number" ? Math.round((storage / GIB) * 100) / 100 : null;
  const reset = async () => {
    if (await act(() => api.DELETE(PATH, { params }), t("quota.wasReset"))) onClose();
  };
  return (
    <FormModal<Values>
      title={t("quota.edit")}
      submit={t("save")}
      initial={{ ...limits, gigabytes }}
      onSubmit={save}
      onClose={onClose}
    >
      <p>{t("quota.editHelp")}</p>
      <FormRow>
        <Form.Item name="cpu" label={t("quota.cpu")}>
          <InputNumber min={0} max={1_000_000} placeholder={t("quota.noLimit")} autoFocus />
        </Form.Item>
        <Form.Item name="gpu" label={t("quota.gpu")}>
          <InputNumber min={0} max={1_000_000} placeholder={t("quota.noLimit")} />
        </Form.Item>
        <Form.Item name="trainings" label={t("quota.trainings")}>
          <InputNumber min={0} max={1_000_000} precision={0} placeholder={t("quota.noLimit")} />
        </Form.Item>
      </FormRow>
      <Form.Item name="gigabytes" label={t("quota.storage")} extra={t("quota.storageHelp")}>
        <InputNumber min={0} max={1_000_000} suffix="GiB" placeholder={t("quota.noLimit")} />
      </Form.Item>
      <Form.Item
        name="weight"
        label={t("quota.weight")}
        extra={t("quota.weightHelp")}
        rules={[{ required: true, message: t("quota.weightMissing") }]}
      >
        <InputNumber min={0.001} max={1000} />
      </Form.Item>
      <Form.Item name="borrows" label={t("quota.borrows")} extra={t("quota.borrowsHelp")} valuePropName="checked">
        <Switch />
      </Form.Item>
      {quota.edited && (
        <Button type="link" onClick={() => void reset()} loading={isBusy}>
          {t("quota.reset")}
        </Button>
      )}
    </FormModal>
  );
}
