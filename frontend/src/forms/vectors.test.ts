import { expect, test } from "vitest";
import { check } from "./check";
import { visibleFields } from "./conditions";
import type { FieldValues, ObjectField } from "./spec";

interface Vector {
  title: string;
  schema: ObjectField;
  cases: { title: string; values: FieldValues; verdicts: Record<string, string> }[];
}

const files = import.meta.glob<Vector>("../../../operator_specs/vectors/*.json", { eager: true, import: "default" });
const cases = Object.entries(files).flatMap(([file, { schema, cases }]) =>
  cases.map((each) => ({ name: `${file.split("/").at(-1)}: ${each.title}`, schema, ...each })),
);

/** One word per field, as the vectors have it. */
function verdicts(schema: ObjectField, values: FieldValues): Record<string, string> {
  const found: Record<string, string> = Object.fromEntries(
    check(schema, values).map(({ path, verdict }) => [path, verdict]),
  );
  const visible = visibleFields(schema, values);
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    if (Object.keys(found).some((path) => path === name || path.startsWith(`${name}.`))) continue;
    found[name] = Object.hasOwn(values, name) || (visible.has(name) && "default" in field) ? "ok" : "absent";
  }
  return found;
}

test("there are vectors", () => expect(cases.length).toBeGreaterThan(20));

test.each(cases)("$name", ({ schema, values, verdicts: expected }) => {
  expect(verdicts(schema, values)).toEqual(expected);
});
