import { useTranslation } from "react-i18next";
import { SchemaForm } from "../../../forms/SchemaForm";
import { KnownTablesProvider } from "../../../forms/valuesOf";
import { ofFields } from "../hindering";
import { specOfForm } from "../specOfForm";
import { useWizardDocument } from "../useHindering";
import { columnsOf, stepsOf, valuesOf, type Wizard } from "../wizard";
import type { StepProps } from "./StepView";
import styles from "./steps.module.css";
import { typeWord } from "./typeWord";
import { useDataset } from "./useDataset";

/** The params of a step, by the form code that shows operators. */
export function FormStep({ project, flow, wizard, step, fillIn }: StepProps) {
  const { t } = useTranslation("wizard");
  const values = valuesOf(wizard, step.params);
  const document = useWizardDocument(project, flow, wizard);
  const dataset = useDataset(project, chosenDataset(wizard));
  return (
    <div className={styles.form}>
      <KnownTablesProvider value={() => dataset}>
        <SchemaForm
          spec={specOfForm(wizard.form, step.params)}
          values={values}
          onChange={(change) => {
            const cleared = Object.keys(values).filter((name) => !Object.hasOwn(change.values, name));
            void fillIn({ ...change.values, ...Object.fromEntries(cleared.map((name) => [name, null])) });
          }}
          columns={(param) =>
            columnsOf(wizard, param)?.map((column) => ({ ...column, type: t(typeWord(column.type)) })) ?? null
          }
          problems={document ? ofFields(document, wizard.problems) : []}
        />
      </KnownTablesProvider>
    </div>
  );
}

function chosenDataset(wizard: Wizard): string {
  const param = stepsOf(wizard.wizard).find(({ view }) => view === "data")?.params[0];
  const name = param === undefined ? null : wizard.values[param];
  return typeof name === "string" ? name : "";
}
