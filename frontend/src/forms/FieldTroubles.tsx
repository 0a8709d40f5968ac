import { useTranslation } from "react-i18next";
import styles from "./forms.module.css";
import type { Trouble } from "./troubles";

const LOOK = { error: styles.error, missing: styles.missing, warning: styles.missing };

/** What is wrong with a field, and with what is in it where its widget cannot say it. */
export function FieldTroubles({ id, troubles }: { id: string; troubles: readonly Trouble[] }) {
  const { t } = useTranslation("forms");
  const place = (path: string) =>
    path
      .split(".")
      .map((part) => (/^\d+$/.test(part) ? t("item", { number: Number(part) + 1 }) : part))
      .join(" · ");
  return (
    <div id={id} aria-live="polite">
      {troubles.map(({ path, text, level }) => (
        <p key={`${path} ${text}`} className={LOOK[level]}>
          {path !== "" && `${place(path)}: `}
          {text}
        </p>
      ))}
    </div>
  );
}
