import { InputNumber, Select, Switch } from "antd";
import { useTranslation } from "react-i18next";
import type { NodeSettings } from "../model/document";
import { Row } from "./Row";
import { withField } from "./steps";

const POOLS = ["train", "test", "inference"] as const;

interface SettingsFormProps {
  settings: NodeSettings;
  engines: readonly string[];
  /** Of the operator; null: its spec does not say. */
  pool: string | null;
  disabled: boolean;
  onChange: (field: string, settings: NodeSettings) => void;
  errors: (field: string) => string | null;
}

/** How a step is run; what is as usual is not kept in the document. */
export function SettingsForm({ settings, engines, pool, disabled, onChange, errors }: SettingsFormProps) {
  const { t } = useTranslation("canvas");
  const set = <Name extends keyof NodeSettings & string>(
    name: Name,
    value: NodeSettings[Name],
    usual: NodeSettings[Name],
  ) => onChange(name, withField(settings, name, value === usual ? undefined : value));
  const poolName = (name: string) => {
    const known = POOLS.find((one) => one === name);
    return known ? t(`panels.settingsForm.pools.${known}`) : name;
  };
  const number =
    (name: "retries" | "retry_delay" | "timeout" | "seed" | "priority", usual: number | null, range: object) =>
    (id: string) => (
      <InputNumber<number>
        id={id}
        disabled={disabled}
        value={settings[name] === undefined ? usual : settings[name]}
        onChange={(value) => set(name, value ?? usual ?? undefined, usual ?? undefined)}
        {...range}
      />
    );
  return (
    <>
      <Row label={t("panels.settings.engine")} error={errors("engine")}>
        {(id) => (
          <Select
            id={id}
            disabled={disabled}
            value={settings.engine ?? "auto"}
            options={[
              { value: "auto", label: t("panels.settingsForm.auto") },
              ...engines.map((value) => ({ value, label: value })),
            ]}
            onChange={(value) => set("engine", value, "auto")}
          />
        )}
      </Row>
      <Row label={t("panels.settings.pool")} error={errors("pool")}>
        {(id) => (
          <Select<string>
            id={id}
            disabled={disabled}
            value={settings.pool ?? ""}
            options={[
              { value: "", label: t("panels.settingsForm.ofOperator", { pool: poolName(pool ?? "train") }) },
              ...POOLS.map((value) => ({ value, label: poolName(value) })),
            ]}
            onChange={(value) =>
              set(
                "pool",
                POOLS.find((one) => one === value),
                undefined,
              )
            }
          />
        )}
      </Row>
      {((settings.pool ?? pool) === "test" || settings.load_test) && (
        <Row label={t("panels.settings.load_test")} inline help={t("panels.settingsForm.loadTestHelp")}>
          {(id) => (
            <Switch
              id={id}
              size="small"
              disabled={disabled}
              checked={settings.load_test ?? false}
              onChange={(value) => set("load_test", value, false)}
            />
          )}
        </Row>
      )}
      <Row label={t("panels.settings.retries")} inline error={errors("retries")}>
        {number("retries", 0, { min: 0, max: 100, precision: 0 })}
      </Row>
      {(settings.retries ?? 0) > 0 && (
        <Row label={t("panels.settings.retry_delay")} inline error={errors("retry_delay")}>
          {number("retry_delay", 1, { min: 0, suffix: t("panels.settingsForm.seconds") })}
        </Row>
      )}
      <Row label={t("panels.settings.timeout")} inline error={errors("timeout")}>
        {number("timeout", null, {
          min: 0.001,
          placeholder: t("panels.settingsForm.none"),
          suffix: t("panels.settingsForm.seconds"),
        })}
      </Row>
      <Row label={t("panels.settings.seed")} inline help={t("panels.settingsForm.seedHelp")} error={errors("seed")}>
        {number("seed", 0, { min: 0, max: 4_294_967_295, precision: 0 })}
      </Row>
      <Row
        label={t("panels.settings.priority")}
        inline
        help={t("panels.settingsForm.priorityHelp")}
        error={errors("priority")}
      >
        {number("priority", 0, { min: -1000, max: 1000, precision: 0 })}
      </Row>
      <Row label={t("panels.settings.cache")} inline help={t("panels.settingsForm.cacheHelp")}>
        {(id) => (
          <Switch
            id={id}
            size="small"
            disabled={disabled}
            checked={settings.cache ?? true}
            onChange={(value) => set("cache", value, true)}
          />
        )}
      </Row>
    </>
  );
}
