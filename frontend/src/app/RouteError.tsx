import { FileUnknownOutlined, WarningOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { useRouteError } from "react-router";
import { LinkButton } from "../lib/LinkButton";
import { messageOf } from "../lib/messageOf";
import { Page } from "../lib/Page";
import { Teach } from "../lib/Teach";

/** What is shown where a page failed; the rest of the product goes on. */
export function RouteError() {
  const { t } = useTranslation();
  return (
    <Teach
      icon={<WarningOutlined />}
      title={t("pageFailed")}
      action={
        <Button type="primary" onClick={() => location.reload()}>
          {t("reload")}
        </Button>
      }
    >
      {messageOf(useRouteError())}
    </Teach>
  );
}

export function NotFound() {
  const { t } = useTranslation();
  return (
    <Page title={t("noSuchPage")}>
      <Teach
        icon={<FileUnknownOutlined />}
        title={t("noSuchPageTitle")}
        action={
          <LinkButton to="/" type="primary">
            {t("toHome")}
          </LinkButton>
        }
      >
        {t("noSuchPageHelp")}
      </Teach>
    </Page>
  );
}
