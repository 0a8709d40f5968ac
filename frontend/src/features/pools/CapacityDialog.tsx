import { Button, Form, InputNumber } from "antd";
import { useTranslation } from "react-i18next";
import { api, ifMatch, type Schemas } from "../../api/client";
import { FormModal } from "../../lib/FormModal";
import { useAct } from "../../lib/useAct";

interface Values {
  cpu: number;
  gpu: number;
  gigabytes: number;
  /** Of a mixed pool, the part for load tests. */
  isolated?: { cpu: number; gpu: number; gigabytes: number };
}

const GIB = 1024 ** 3;

function inBytes({ cpu, gpu, gigabytes }: { cpu: number; gpu: number; gigabytes: number }) {
  return { cpu, gpu, memory: Math.round(gigabytes * GIB) };
}

function inGigabytes({ cpu, gpu, memory }: Schemas["Capacity"]) {
  return { cpu, gpu, gigabytes: Math.round((memory / GIB) * 100) / 100 };
}

/** Set how much of the machine a pool may use; running tasks go on in any case. */
export function CapacityDialog({ pool, onClose }: { pool: Schemas["Pool"]; onClose: () => void }) {
  const { t } = useTranslation("pools");
  const { act, isBusy } = useAct();
  const path = { path: { name: pool.name } };
  const save = async ({ isolated, ...whole }: Values) => {
    const { response } = await api.GET("/api/v1/pools/{name}", { params: path });
    const body = { ...inBytes(whole), ...(isolated && { isolated: inBytes(isolated) }) };
    await api.PATCH("/api/v1/pools/{name}", { params: { ...path, header: ifMatch(response) }, body });
  };
  const reset = async () => {
    const { response } = await api.GET("/api/v1/pools/{name}", { params: path });
    const header = ifMatch(response);
    if (await act(() => api.POST("/api/v1/pools/{name}/reset", { params: { ...path, header } }), t("wasReset")))
      onClose();
  };
  const isMixed = pool.policy === "mixed";
  const rules = [{ required: true, message: t("numberMissing") }];
  return (
    <FormModal<Values>
      title={t("editOf", { name: pool.name })}
      submit={t("save")}
      initial={{ ...inGigabytes(pool.capacity), ...(isMixed && { isolated: inGigabytes(pool.isolated) }) }}
      onSubmit={save}
      onClose={onClose}
    >
      <p>{t("capacityHelp")}</p>
      <Form.Item name="cpu" label={t("cpu")} rules={rules}>
        <InputNumber min={0} max={1_000_000} autoFocus />
      </Form.Item>
      <Form.Item name="gpu" label={t("gpu")} rules={rules}>
        <InputNumber min={0} max={1_000_000} />
      </Form.Item>
      <Form.Item name="gigabytes" label={t("memory")} rules={rules}>
        <InputNumber min={0} max={1_000_000} suffix="GiB" />
      </Form.Item>
      {isMixed && (
        <>
          <p>{t("isolatedHelp")}</p>
          <Form.Item name={["isolated", "cpu"]} label={t("isolated.cpu")} rules={rules}>
            <InputNumber min={0} max={1_000_000} />
          </Form.Item>
          <Form.Item name={["isolated", "gpu"]} label={t("isolated.gpu")} rules={rules}>
            <InputNumber min={0} max={1_000_000} />
          </Form.Item>
          <Form.Item name={["isolated", "gigabytes"]} label={t("isolated.memory")} rules={rules}>
            <InputNumber min={0} max={1_000_000} suffix="GiB" />
          </Form.Item>
        </>
      )}
      {pool.edited && (
        <Button type="link" onClick={() => void reset()} loading={isBusy}>
          {t("reset")}
        </Button>
      )}
    </FormModal>
  );
}
