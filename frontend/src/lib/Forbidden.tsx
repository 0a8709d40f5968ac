import { LockOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import { LinkButton } from "./LinkButton";
import { Page } from "./Page";
import { Teach } from "./Teach";

/** What stands at an address that the user's role does not open. */
export function Forbidden() {
  const { t } = useTranslation();
  return (
    <Page title={t("forbidden")}>
      <Teach icon={<LockOutlined />} title={t("forbiddenTitle")} action={<LinkButton to="/">{t("toHome")}</LinkButton>}>
        {t("forbiddenHelp")}
      </Teach>
    </Page>
  );
}
