import type { Conflict, MergeContext } from "./merge";
import { isSame } from "./same";

export type Fields = Readonly<Record<string, unknown>>;

/** Where a node or a graph lies on the canvas: both sides moved it is no reason to ask anybody. */
const SILENT = new Set(["position", "size"]);

/** The decision about one place that both sides changed. */
export function decided<Value>(
  context: MergeContext,
  place: Pick<Conflict, "node" | "field">,
  values: { base: unknown; mine: Value; theirs: Value },
): Value {
  const key = `${place.node ?? ""}#${place.field ?? ""}`;
  context.conflicts.push({ key, ...place, ...values });
  return context.choices.get(key) === "theirs" ? values.theirs : values.mine;
}

/** Each field by itself: as the side has it that changed it. `prefix`: of the field's name in a conflict. */
export function mergeFields(
  context: MergeContext,
  node: string | null,
  prefix: string,
  [base, mine, theirs]: readonly [Fields, Fields, Fields],
): Record<string, unknown> {
  const merged: Record<string, unknown> = {};
  for (const name of Object.keys({ ...theirs, ...mine })) {
    const [b, m, t] = [base[name], mine[name], theirs[name]];
    const isMine = isSame(t, b) || isSame(m, t) || SILENT.has(name);
    const value = isSame(m, b)
      ? t
      : isMine
        ? m
        : decided(context, { node, field: prefix + name }, { base: b, mine: m, theirs: t });
    if (value !== undefined) merged[name] = value;
  }
  return merged;
}
