import { Button, Form, InputNumber } from "antd";
import { useTranslation } from "react-i18next";
import { api, ifMatch, type Schemas } from "../../api/client";
import { FormModal } from "../../lib/FormModal";
import { useAct } from "../../lib/useAct";

interface Values {
  cpu: number;
  gpu: number;
  gigabytes: number;
}

const GIB = 1024 ** 3;

/** Set how much of the machine a pool may use; running tasks go on in any case. */
export function CapacityDialog({ pool, onClose }: { pool: Schemas["Pool"]; onClose: () => void }) {
  const { t } = useTranslation("pools");
  const { act, isBusy } = useAct();
  const path = { path: { name: pool.name } };
  const save = async ({ cpu, gpu, gigabytes }: Values) => {
    const { response } = await api.GET("/api/v1/pools/{name}", { params: path });
    const body = { cpu, gpu, memory: Math.round(gigabytes * GIB) };
    await api.PATCH("/api/v1/pools/{name}", { params: { ...path, header: ifMatch(response) }, body });
  };
  const reset = async () => {
    const { response } = await api.GET("/api/v1/pools/{name}", { params: path });
    const header = ifMatch(response);
    if (await act(() => api.POST("/api/v1/pools/{name}/reset", { params: { ...path, header } }), t("wasReset")))
      onClose();
  };
  const { cpu, gpu, memory } = pool.capacity;
  return (
    <FormModal<Values>
      title={t("editOf", { name: pool.name })}
      submit={t("save")}
      initial={{ cpu, gpu, gigabytes: Math.round((memory / GIB) * 100) / 100 }}
      onSubmit={save}
      onClose={onClose}
    >
      <p>{t("capacityHelp")}</p>
      <Form.Item name="cpu" label={t("cpu")} rules={[{ required: true, message: t("numberMissing") }]}>
        <InputNumber min={0} max={1_000_000} autoFocus />
      </Form.Item>
      <Form.Item name="gpu" label={t("gpu")} rules={[{ required: true, message: t("numberMissing") }]}>
        <InputNumber min={0} max={1_000_000} />
      </Form.Item>
      <Form.Item name="gigabytes" label={t("memory")} rules={[{ required: true, message: t("numberMissing") }]}>
        <InputNumber min={0} max={1_000_000} suffix="GiB" />
      </Form.Item>
      {pool.edited && (
        <Button type="link" onClick={() => void reset()} loading={isBusy}>
          {t("reset")}
        </Button>
      )}
    </FormModal>
  );
}
