import { Tag } from "antd";
import { useTranslation } from "react-i18next";

const COLOURS = {
  draft: "default",
  in_review: "processing",
  published: "success",
  deprecated: "warning",
  withdrawn: "error",
} as const;

export function ReleaseState({ state }: { state: keyof typeof COLOURS }) {
  const { t } = useTranslation("operators");
  return <Tag color={COLOURS[state]}>{t(`states.${state}`)}</Tag>;
}
