import { Button, Form, InputNumber } from "antd";
import { useTranslation } from "react-i18next";
import { api, ifMatch, type Schemas } from "../../api/client";
import { FormModal } from "../../lib/FormModal";
import { FormRow } from "../../lib/FormRow";
import { useAct } from "../../lib/useAct";
import { usePoolName } from "./poolName";

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
  const poolName = usePoolName();
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
  return (
    <FormModal<Values>
      title={t("editOf", { name: poolName(pool.name) })}
      submit={t("save")}
      initial={{ ...inGigabytes(pool.capacity), ...(isMixed && { isolated: inGigabytes(pool.isolated) }) }}
      onSubmit={save}
      onClose={onClose}
    >
      <p>{t("capacityHelp")}</p>
      <Amounts labels={{ cpu: t("cpu"), gpu: t("gpu"), gigabytes: t("memory") }} autoFocus />
      {isMixed && (
        <>
          <p>{t("isolatedHelp")}</p>
          <Amounts
            of="isolated"
            labels={{ cpu: t("isolated.cpu"), gpu: t("isolated.gpu"), gigabytes: t("isolated.memory") }}
          />
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

interface AmountsProps {
  /** The part of the values that these are; without it, the values themselves. */
  of?: string;
  labels: Record<"cpu" | "gpu" | "gigabytes", string>;
  autoFocus?: boolean;
}

function Amounts({ of, labels, autoFocus = false }: AmountsProps) {
  const { t } = useTranslation("pools");
  const rules = [{ required: true, message: t("numberMissing") }];
  const name = (field: string) => (of ? [of, field] : field);
  return (
    <FormRow>
      <Form.Item name={name("cpu")} label={labels.cpu} rules={rules}>
        <InputNumber min={0} max={1_000_000} autoFocus={autoFocus} />
      </Form.Item>
      <Form.Item name={name("gpu")} label={labels.gpu} rules={rules}>
        <InputNumber min={0} max={1_000_000} />
      </Form.Item>
      <Form.Item name={name("gigabytes")} label={labels.gigabytes} rules={rules}>
        <InputNumber min={0} max={1_000_000} suffix="GiB" />
      </Form.Item>
    </FormRow>
  );
}
