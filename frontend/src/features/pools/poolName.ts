import { useTranslation } from "react-i18next";

/** What a pool is called: the three that there are have names in every language. */
export function usePoolName(): (pool: string) => string {
  const { t } = useTranslation("pools");
  return (pool) => t(`names.${pool as "train"}`, { defaultValue: pool });
}
