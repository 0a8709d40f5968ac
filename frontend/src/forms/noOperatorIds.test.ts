import { expect, test } from "vitest";

const specs = import.meta.glob<{ id: string }>(
  ["../../../operator_specs/*/*.json", "!../../../operator_specs/vectors/*.json"],
  { eager: true, import: "default" },
);
const sources = import.meta.glob<string>(["../**/*.{ts,tsx,json}", "!../**/*.test.{ts,tsx}"], {
  eager: true,
  query: "?raw",
  import: "default",
});

test("no part of the frontend knows an operator: everything about it comes from its spec", () => {
  const ids = Object.values(specs).map(({ id }) => id);
  expect(ids.length).toBeGreaterThan(40);
  expect(Object.keys(sources).length).toBeGreaterThan(100);
  // Not part of a longer name: "source.sql" is an operator, "resource.sqlite" is none.
  const any = new RegExp(`(?<![\\w.])(${ids.map((id) => id.replace(".", "\\.")).join("|")})(?![\\w.])`);
  const found = Object.entries(sources).flatMap(([path, text]) =>
    any.test(text) ? [`${path}: ${any.exec(text)?.[0]}`] : [],
  );
  expect(found).toEqual([]);
});
