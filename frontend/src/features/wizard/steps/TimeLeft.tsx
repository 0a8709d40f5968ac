import { useTranslation } from "react-i18next";
import { useNow } from "../../runs/parts/useNow";
import styles from "./steps.module.css";

/** What is left of the minutes that somebody gave, in words. `since`: seconds since 1970, when they began. */
export function TimeLeft({ minutes, since }: { minutes: number; since: number }) {
  const { t } = useTranslation("wizard");
  const left = minutes * 60 - (useNow(true) - since);
  const words =
    left <= 0
      ? t("left.over")
      : left <= 60
        ? t("left.lessThanOne")
        : t("left.minutes", { count: Math.ceil(left / 60), minutes });
  return <span className={styles.timeLeft}>{words}</span>;
}
