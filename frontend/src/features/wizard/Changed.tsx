import { Alert } from "antd";
import { useTranslation } from "react-i18next";
import { useProjectPath } from "../../api/project";
import { LinkButton } from "../../lib/LinkButton";
import { useLocalize } from "../../lib/localize";
import { readText } from "../../lib/readText";
import styles from "./WizardPage.module.css";
import type { Wizard } from "./wizard";

const FITTING = new Set(["params", "settings"]);

/** What somebody changed in the flow by hand: params still fit the wizard, another structure may not. */
export function Changed({ flow, wizard }: { flow: string; wizard: Wizard }) {
  const { t } = useTranslation("wizard");
  const path = useProjectPath();
  const localize = useLocalize();
  if (wizard.changed.length === 0) return null;
  const isStructure = wizard.changed.some(({ what }) => !FITTING.has(what));
  return (
    <Alert
      type={isStructure ? "warning" : "info"}
      showIcon
      title={t(isStructure ? "changedStructure" : "changedParams")}
      description={
        <>
          <ul className={styles.list}>
            {wizard.changed.map(({ node, what, text }) => (
              <li key={`${node} ${what} ${text.en}`}>{localize(readText(text))}</li>
            ))}
          </ul>
          {isStructure && <LinkButton to={path(`/flows/${encodeURIComponent(flow)}`)}>{t("goOnAsFlow")}</LinkButton>}
        </>
      }
    />
  );
}
