import { Button, Result } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useRouteError } from "react-router";
import { messageOf } from "../lib/messageOf";

/** What is shown where a page failed; the rest of the product goes on. */
export function RouteError() {
  const { t } = useTranslation();
  return (
    <Result
      status="error"
      title={<h1>{t("pageFailed")}</h1>}
      subTitle={messageOf(useRouteError())}
      extra={<Button onClick={() => location.reload()}>{t("reload")}</Button>}
    />
  );
}

export function NotFound() {
  const { t } = useTranslation();
  return <Result status="404" title={<h1>{t("noSuchPage")}</h1>} extra={<Link to="/">{t("toHome")}</Link>} />;
}
