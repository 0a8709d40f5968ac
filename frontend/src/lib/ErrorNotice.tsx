import { Alert, Button } from "antd";
import { useTranslation } from "react-i18next";
import { messageOf } from "./messageOf";

/** An error that names the thing, and the way to try again. */
export function ErrorNotice({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation();
  return (
    <Alert
      type="error"
      showIcon
      title={messageOf(error)}
      action={
        onRetry && (
          <Button size="small" onClick={onRetry}>
            {t("tryAgain")}
          </Button>
        )
      }
    />
  );
}
