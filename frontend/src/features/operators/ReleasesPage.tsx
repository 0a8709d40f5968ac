import { useTranslation } from "react-i18next";
import { Page } from "../../lib/Page";

export function Component() {
  const { t } = useTranslation();
  return <Page title={t("nav.operators")}>{null}</Page>;
}
