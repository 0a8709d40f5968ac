import { Alert, Button } from "antd";
import { useTranslation } from "react-i18next";
import { api, queries } from "../../api/client";
import { useMay } from "../../api/session";
import { useAct } from "../../lib/useAct";

/** Packages that could not be read, and operators that were switched off because they failed too often. */
export function BrokenOperators() {
  const { t } = useTranslation("operators");
  const broken = queries.useQuery("get", "/api/v1/operators/broken");
  const faults = queries.useQuery("get", "/api/v1/operator-faults", { params: { query: { limit: 200 } } });
  const mayEnable = useMay("operator.review");
  const { act, isBusy } = useAct();
  const disabled = (faults.data?.items ?? []).filter(({ disabled_at }) => disabled_at !== null);
  const enable = (operator: string) =>
    act(
      () => api.POST("/api/v1/operator-faults/{operator}/enable", { params: { path: { operator } } }),
      t("enabled", { operator }),
    );
  return (
    <>
      {broken.data?.map(({ message }) => (
        <Alert key={message} type="error" showIcon title={message} />
      ))}
      {disabled.map(({ operator, last_error }) => (
        <Alert
          key={operator}
          type="warning"
          showIcon
          title={t("disabled", { operator })}
          description={last_error}
          action={
            mayEnable && (
              <Button size="small" loading={isBusy} onClick={() => void enable(operator)}>
                {t("enable")}
              </Button>
            )
          }
        />
      ))}
    </>
  );
}
