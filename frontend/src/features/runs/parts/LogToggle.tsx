import { Button } from "antd";
import { useTranslation } from "react-i18next";

/** Whether a chart's axis is logarithmic: small losses differ, too. */
export function LogToggle({ isLog, onChange }: { isLog: boolean; onChange: (isLog: boolean) => void }) {
  const { t } = useTranslation("runs");
  return (
    <Button
      size="small"
      type={isLog ? "primary" : "default"}
      ghost={isLog}
      aria-pressed={isLog}
      onClick={() => onChange(!isLog)}
    >
      {t("logScale")}
    </Button>
  );
}
