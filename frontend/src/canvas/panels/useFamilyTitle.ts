import { useTranslation } from "react-i18next";

/** What a family of the palette is called; one that is not known by its own name. */
export function useFamilyTitle(): (family: string) => string {
  const { t } = useTranslation("canvas");
  const titles: Readonly<Record<string, string>> = t("panels.families", { returnObjects: true });
  return (family) => titles[family] ?? family;
}
