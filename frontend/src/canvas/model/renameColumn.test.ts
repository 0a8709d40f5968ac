import { expect, test } from "vitest";
import { flow, node, SPECS } from "./fixtures";
import { renamedExpression, withColumnRenamed, withParams } from "./renameColumn";
import { wrapped } from "./wrap";

const RENAMED = { from: ["read.table"], old: "a", name: "x y" };

test("every param downstream names the column anew", () => {
  const graph = flow(
    [
      node("read", "source"),
      node("one", "clean", { params: { column: "a", text: "a" } }),
      node("two", "clean", { params: { columns: ["a", "b"] } }),
      node("other", "source", { params: { column: "a" } }),
    ],
    ["read.table>one.table", "one.table>two.table"],
  );
  const next = withColumnRenamed(graph, specsWithFrom(), RENAMED);
  expect(next.nodes.map(({ params }) => params)).toEqual([
    undefined,
    { column: "x y", text: "a" },
    { columns: ["x y", "b"] },
    { column: "a" },
  ]);
});

test("where the column does not come, nothing is changed", () => {
  const graph = flow(
    [node("read", "source"), node("one", "clean"), node("two", "clean", { params: { column: "a" } })],
    ["read.table>one.table", "one.table>two.table"],
  );
  const dropped = withColumnRenamed(graph, specsWithFrom(), RENAMED, (path) => path !== "one");
  expect(dropped).toBe(graph);
});

test("behind a node that renames it itself the old name means nothing", () => {
  const graph = flow(
    [
      node("read", "source"),
      node("one", "clean", { params: { names: { a: "c" } } }),
      node("two", "clean", { params: { column: "a" } }),
    ],
    ["read.table>one.table", "one.table>two.table"],
  );
  const next = withColumnRenamed(graph, specsWithFrom(), { ...RENAMED, name: "x" });
  expect(next.nodes[1]?.params).toEqual({ names: { x: "c" } });
  expect(next.nodes[2]?.params).toEqual({ column: "a" });
});

test("a flow param that names it gets a new default", () => {
  const graph = flow(
    [node("read", "source"), node("one", "clean", { params: { columns: [{ $param: "target" }] } })],
    ["read.table>one.table"],
    { params: { target: { type: "string", default: "a" } } },
  );
  expect(withColumnRenamed(graph, specsWithFrom(), RENAMED).params).toEqual({
    target: { type: "string", default: "x y" },
  });
});

test("renaming reaches into bodies", () => {
  const graph = flow(
    [node("read", "source"), node("one", "clean", { params: { column: "a" } })],
    ["read.table>one.table"],
  );
  const made = wrapped(graph, new Set(["one"]), "flow");
  const next = made && withColumnRenamed(made.graph, specsWithFrom(), RENAMED);
  expect(next?.nodes[1]?.body?.nodes[0]?.params).toEqual({ column: "x y" });
  expect(next?.nodes[1]?.body?.edges).toEqual([]);
});

test("changing a renaming in a form changes what comes behind, as one step", () => {
  const graph = flow(
    [
      node("read", "source"),
      node("one", "clean", { params: { names: { a: "b" } } }),
      node("two", "clean", { params: { column: "b" } }),
    ],
    ["read.table>one.table", "one.table>two.table"],
  );
  const next = withParams(graph, specsWithFrom(), "one", { names: { a: "c" } });
  expect(next.nodes[2]?.params).toEqual({ column: "c" });
  expect(withParams(next, specsWithFrom(), "one", {}).nodes[2]?.params).toEqual({ column: "a" });
});

test.each([
  ["a > 1 AND aa < 2", "x > 1 AND aa < 2"],
  ["\"a\" = 'a'", "\"x\" = 'a'"],
  ["upper(a) || 'it''s a'", "upper(x) || 'it''s a'"],
])("%s", (text, wanted) => {
  expect(renamedExpression(text, "a", "x")).toBe(wanted);
});

test("a name that cannot stand bare is quoted", () => {
  expect(renamedExpression("a + 1", "a", "x y")).toBe('"x y" + 1');
});

/** Tables of "clean" hold what comes in. */
function specsWithFrom() {
  return new Map(
    [...SPECS].map(([key, spec]) => [
      key,
      {
        ...spec,
        outputs: spec.outputs.map((port) =>
          port.type === "table" ? { ...port, schema: { from: "table", rename: { param: "names" } } } : port,
        ),
      },
    ]),
  );
}
