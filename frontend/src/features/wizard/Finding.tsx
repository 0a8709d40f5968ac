import { CheckCircleFilled, ExclamationCircleFilled, InfoCircleFilled, WarningFilled } from "@ant-design/icons";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useLocalize } from "../../lib/localize";
import { Words } from "../../lib/terms/Words";
import styles from "./Finding.module.css";
import type { FindingData, Severity } from "./finding";

const ICONS: Readonly<Record<Severity, typeof WarningFilled>> = {
  stop: ExclamationCircleFilled,
  warn: WarningFilled,
  note: InfoCircleFilled,
  good: CheckCircleFilled,
};

/** One thing that was found: what it is and what it means. `children`: what can be done about it. */
export function Finding({ finding, children }: { finding: FindingData; children?: ReactNode }) {
  const { t } = useTranslation("report");
  const localize = useLocalize();
  const seen = new Set<string>();
  const Icon = ICONS[finding.severity];
  return (
    <article className={styles.finding} data-severity={finding.severity}>
      <Icon className={styles.icon} aria-hidden="true" />
      <div className={styles.words}>
        <h3>
          <span className="visually-hidden">{`${t(`severity.${finding.severity}`)} · `}</span>
          <Words text={localize(finding.title)} seen={seen} />
        </h3>
        <p>
          <Words text={localize(finding.meaning)} seen={seen} />
        </p>
      </div>
      {children && <div className={styles.action}>{children}</div>}
    </article>
  );
}
