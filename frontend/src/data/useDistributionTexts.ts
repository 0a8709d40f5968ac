import { useTranslation } from "react-i18next";
import type { DistributionTexts } from "./distribution";

export function useDistributionTexts(): DistributionTexts {
  const { t } = useTranslation("data");
  return { rows: t("column.rows"), other: t("column.other"), missing: t("missing"), empty: t("emptyText") };
}
