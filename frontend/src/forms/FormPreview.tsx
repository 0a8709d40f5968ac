import { Button } from "antd";
import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { exampleColumns } from "./exampleColumns";
import styles from "./FormPreview.module.css";
import { SchemaForm } from "./SchemaForm";
import { type FieldValues, isRecord, type Spec } from "./spec";

/** The form of an operator to try, with the columns of its examples, and the params that come of it. */
export function FormPreview({ spec }: { spec: Spec }) {
  const { t } = useTranslation("forms");
  const [values, setValues] = useState<FieldValues>({});
  const [round, setRound] = useState(0);
  const columns = useCallback(
    (input: string) => exampleColumns(isRecord(spec) ? spec.examples : undefined, input),
    [spec],
  );
  return (
    <div className={styles.preview}>
      <div className={styles.form}>
        <SchemaForm
          key={round}
          spec={spec}
          values={values}
          onChange={(change) => setValues(change.values)}
          columns={columns}
          problems={[]}
        />
      </div>
      <div className={styles.result}>
        <div className={styles.head}>
          <h3>{t("preview.params")}</h3>
          <Button
            size="small"
            disabled={Object.keys(values).length === 0}
            onClick={() => {
              setValues({});
              setRound(round + 1);
            }}
          >
            {t("preview.again")}
          </Button>
        </div>
        <pre className={styles.json}>{JSON.stringify(values, null, 2)}</pre>
        <p className={styles.help}>{t("preview.help")}</p>
      </div>
    </div>
  );
}
