import styles from "../forms.module.css";
import { allNames, ObjectFields } from "../ObjectFields";
import { isRecord } from "../spec";
import { useObject } from "../useObject";
import type { WidgetProps } from "../widget";

/** Fields within a field. */
export function ObjectWidget(props: WidgetProps) {
  return (
    <fieldset className={styles.item} aria-label={props.label}>
      <ObjectBody {...props} />
    </fieldset>
  );
}

/** `field` has the fields, `value` their values. */
export function ObjectBody({ spec, field, value, onChange, troubles, columns, disabled }: WidgetProps) {
  const values = isRecord(value) ? value : {};
  const set = useObject(field, values, (_, next) => onChange(next));
  return (
    <div className={styles.grid}>
      <ObjectFields
        spec={spec}
        schema={field}
        names={allNames(field, values)}
        values={values}
        onSet={set}
        troubles={troubles}
        columns={columns}
        disabled={disabled}
        isSmall
      />
    </div>
  );
}
