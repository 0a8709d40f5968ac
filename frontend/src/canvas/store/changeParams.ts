import { type Carries, withParams } from "../model/renameColumn";
import type { Specs } from "../model/spec";
import type { FlowCheck, FlowStore } from "./flowStore";

/** What the last check says of the columns of an output; a table that may have more is not known whole. */
export function carriesOf(check: FlowCheck | null): Carries {
  return (path, port, column) => {
    const schema = check?.schemas[path]?.[port];
    if (typeof schema !== "object" || schema === null || !("columns" in schema) || !Array.isArray(schema.columns))
      return null;
    const isThere = schema.columns.some(
      (one: unknown) => typeof one === "object" && one !== null && "name" in one && one.name === column,
    );
    return isThere || !("open" in schema && schema.open === true) ? isThere : null;
  };
}

/** Other params for a node of the open graph, from its form. Columns that it renames are renamed downstream in the same step. */
export function changeParams(
  store: FlowStore,
  specs: Specs,
  id: string,
  field: string,
  params: Readonly<Record<string, unknown>>,
): void {
  const { check, bodyPath, changeGraph } = store.getState();
  const outer = bodyPath.map((one) => `${one}/`).join("");
  const recipe = <Graph extends Parameters<typeof withParams>[0]>(graph: Graph) =>
    withParams(graph, specs, id, params, carriesOf(check), outer);
  changeGraph("params", recipe, `${outer}${id}.params.${field}`);
}
