import { Alert, Button } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useProjectPath } from "../../api/project";
import { usePreferences } from "../../app/preferences";
import type { FlowDocument } from "../../canvas/model/document";
import { useProblemText } from "../../canvas/panels/problemText";
import { usePlaces } from "../../canvas/panels/usePlaces";
import { CatalogueProvider } from "../../canvas/store/catalogue";
import { problemText } from "../../forms/messages";
import { specText } from "../../forms/spec";
import { LinkButton } from "../../lib/LinkButton";
import { useLocalize } from "../../lib/localize";
import styles from "./Hindered.module.css";
import { codeOfField, isMissing, type Problem, paramOf, stepFor } from "./hindering";
import { specOfForm } from "./specOfForm";
import type { Step, Wizard } from "./wizard";

interface HinderedProps {
  flow: string;
  wizard: Wizard;
  document: FlowDocument;
  problems: readonly Problem[];
  steps: readonly Step[];
  /** The step that is open. */
  step: Step;
  onGo: (step: string) => void;
  undoFix: (id: string) => Promise<boolean>;
  /** What else can be done about it. */
  action?: ReactNode;
}

/** Why nothing can be started, one sentence for each reason, and where it is settled. */
export function Hindered({ document, problems, action, ...others }: HinderedProps) {
  const { t } = useTranslation("wizard");
  return (
    <CatalogueProvider graph={document}>
      <Alert
        type="error"
        showIcon
        title={t("hindered.title")}
        description={
          <ul className={styles.reasons}>
            {problems.map((problem) => (
              <li key={JSON.stringify([problem.node, problem.field, problem.code, problem.value])}>
                <Reason document={document} problem={problem} {...others} />
              </li>
            ))}
          </ul>
        }
        action={action}
      />
    </CatalogueProvider>
  );
}

interface ReasonProps extends Omit<HinderedProps, "problems" | "action"> {
  problem: Problem;
}

function Reason({ flow, wizard, document, problem, steps, step, onGo, undoFix }: ReasonProps) {
  const { t } = useTranslation("wizard");
  const { t: forms } = useTranslation("forms");
  const path = useProjectPath();
  const localize = useLocalize();
  const places = usePlaces();
  const inFlow = useProblemText();
  const language = usePreferences((preferences) => preferences.language);
  const { node } = problem;
  const param = paramOf(document, problem);
  const where = stepFor(document, problem, steps);
  if (param !== null && where) {
    const spec = specOfForm(wizard.form, [param]);
    const title = specText(spec, spec.params.properties[param]?.title ?? param, language);
    const code = codeOfField(problem);
    const text = isMissing(problem)
      ? t("hindered.missing")
      : code === "column_missing"
        ? t("hindered.noColumn", { column: String(problem.value) })
        : problemText(forms, { ...problem, code });
    return (
      <>
        <span>{t("hindered.of", { title, text })}</span>
        {where.id !== step.id && (
          <Button size="small" onClick={() => onGo(where.id)}>
            {t("hindered.goTo", { step: localize(where.title) })}
          </Button>
        )}
      </>
    );
  }
  const text = inFlow(document, problem);
  const fix = wizard.fixes.find(({ id }) => id === node);
  if (fix) {
    const label = localize(fix.label);
    return (
      <>
        <span>{t("hindered.of", { title: label, text })}</span>
        <Button size="small" aria-label={t("undoOf", { label })} onClick={() => void undoFix(fix.id)}>
          {t("undo")}
        </Button>
      </>
    );
  }
  return (
    <>
      <span>{node === null ? text : t("hindered.of", { title: places.node(document, node), text })}</span>
      <LinkButton size="small" to={path(`/flows/${encodeURIComponent(flow)}`)}>
        {t("openAsFlow")}
      </LinkButton>
    </>
  );
}
