import { visibleFields } from "./conditions";
import { FieldRow } from "./FieldRow";
import { type ColumnList, type Field, type FieldValues, given, type ObjectField, type Spec } from "./spec";
import { type Trouble, within } from "./troubles";

interface ObjectFieldsProps {
  spec: Spec;
  schema: ObjectField;
  /** Which fields, in this order; also such that only the values have. */
  names: readonly string[];
  values: FieldValues;
  onSet: (name: string, value: unknown) => void;
  troubles: readonly Trouble[];
  columns: (input: string) => ColumnList | null;
  disabled: boolean;
  isSmall?: boolean;
}

/** Fields of the form, or of an item of a list. A hidden value that is there all the same is shown, to be removed. */
export function ObjectFields({ schema, names, values, troubles, isSmall = false, ...others }: ObjectFieldsProps) {
  const visible = visibleFields(schema, values);
  return names.map((name) => {
    const field: Field | undefined = schema.properties?.[name];
    return (
      <FieldRow
        key={name}
        name={name}
        field={field ?? null}
        isVisible={visible.has(name) || Object.hasOwn(values, name)}
        isRequired={field?.["x-required"] === true || schema.required?.includes(name) === true}
        value={given(values, name)}
        column={given(values, field?.["x-values-of"] ?? "")}
        troubles={within(troubles, name)}
        isSmall={isSmall}
        {...others}
      />
    );
  });
}

/** Those of the schema, then those that only the values have. */
export function allNames(schema: ObjectField, values: FieldValues): string[] {
  return [...new Set([...Object.keys(schema.properties ?? {}), ...Object.keys(values)])];
}
