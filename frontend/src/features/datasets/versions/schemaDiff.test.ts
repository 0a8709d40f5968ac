import { expect, test } from "vitest";
import { schemaDiff } from "./schemaDiff";

test("columns that came, went and changed their type", () => {
  const before = [
    { name: "lot", type: "string" },
    { name: "yield", type: "string" },
    { name: "old", type: "int" },
  ];
  const after = [
    { name: "yield", type: "float" },
    { name: "lot", type: "string" },
    { name: "new", type: "date" },
  ];
  expect(schemaDiff(before, after)).toEqual({
    added: [{ name: "new", type: "date" }],
    removed: [{ name: "old", type: "int" }],
    retyped: [{ name: "yield", before: "string", after: "float" }],
    same: 1,
  });
});
