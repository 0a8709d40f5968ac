import type { FlowBody, FlowEdge, FlowGraph, FlowNode, FlowNote } from "../model/document";
import { portRef, refText } from "../model/document";
import type { MergeContext, Side } from "./merge";
import { mergeEdges } from "./mergeEdges";
import { decided, type Fields, mergeFields } from "./mergeFields";
import { isSame } from "./same";

const EMPTY_BODY: FlowBody = { nodes: [], edges: [] };

/** Lists whose things have ids, and what is merged by itself. */
interface Ports {
  inputs?: Readonly<Record<string, readonly string[]>>;
  outputs?: Readonly<Record<string, string>>;
}

/** A document or a body. `path`: ids of the nodes around it. */
export function mergeGraph<Graph extends FlowGraph & Ports>(
  context: MergeContext,
  base: Graph,
  mineBefore: Graph,
  theirs: Graph,
  path: readonly string[],
): Graph {
  const mine = withFreshIds(context, base, mineBefore, theirs, path);
  const around = path.length > 0 ? path.join("/") : null;
  /** Nodes that one side deleted and that stay nevertheless: their edges are those of the other side. */
  const revived = new Map<string, Side>();

  const nodes = mergeListed(
    base.nodes,
    mine.nodes,
    theirs.nodes,
    (b, m, t) => mergeNode(context, [b, m, t], [...path, m.id]),
    (b, kept, side) => {
      const edges = side === "mine" ? mine.edges : theirs.edges;
      const isTouched = !isSame(withoutPlace(b), withoutPlace(kept)) || hasNewEdge(kept.id, base.edges, edges);
      if (!isTouched) return false;
      const place = { node: [...path, kept.id].join("/"), field: null };
      const values = side === "mine" ? { mine: kept, theirs: undefined } : { mine: undefined, theirs: kept };
      const stays = decided<FlowNode | undefined>(context, place, { base: b, ...values }) !== undefined;
      if (stays) revived.set(kept.id, side);
      return stays;
    },
  );
  const known = new Set(nodes.map(({ id }) => id));
  const edges = mergeEdges(
    context,
    { base: base.edges, mine: mine.edges, theirs: theirs.edges },
    { known, revived, path },
  );

  const notes = mergeListed(
    base.notes ?? [],
    mine.notes ?? [],
    theirs.notes ?? [],
    (b, m, t) => ({ ...t, ...mergeFields(context, around, `notes.${m.id}.`, [{ ...b }, { ...m }, { ...t }]) }),
    (b, kept) => !isSame(withoutPlace(b), withoutPlace(kept)),
  );
  const record = (field: "params" | "inputs" | "outputs") =>
    mergeFields(context, around, `${field}.`, [{ ...base[field] }, { ...mine[field] }, { ...theirs[field] }]);
  const others = mergeFields(context, around, "", [ownFields(base), ownFields(mine), ownFields(theirs)]);
  const joins = withoutLost(record("inputs"), record("outputs"), known);
  return filled({ ...theirs, ...others, nodes, edges }, { params: record("params"), ...joins, notes });
}

function mergeNode(
  context: MergeContext,
  [base, mine, theirs]: readonly [FlowNode | undefined, FlowNode, FlowNode],
  path: readonly string[],
): FlowNode {
  const place = path.join("/");
  const { params: bp, settings: bs, body: bb, ...b } = base ?? mine;
  const { params: mp, settings: ms, body: mb, ...m } = mine;
  const { params: tp, settings: ts, body: tb, ...t } = theirs;
  const params = mergeFields(context, place, "params.", [{ ...bp }, { ...mp }, { ...tp }]);
  const settings = mergeFields(context, place, "settings.", [{ ...bs }, { ...ms }, { ...ts }]);
  const fields = mergeFields(context, place, "", [b, m, t]);
  const body = mb && tb ? mergeGraph(context, bb ?? EMPTY_BODY, mb, tb, path) : (mb ?? tb);
  return filled({ id: mine.id, ...fields, ...(body && { body }) }, { params, settings });
}

/** Things with ids: both sides' together, in their order, then what mine has added. */
function mergeListed<Thing extends { id: string }>(
  base: readonly Thing[],
  mine: readonly Thing[],
  theirs: readonly Thing[],
  both: (base: Thing | undefined, mine: Thing, theirs: Thing) => Thing,
  /** One side deleted it: whether it stays as the other side has it. */
  stays: (base: Thing, kept: Thing, side: Side) => boolean,
): Thing[] {
  const [b, m, t] = [byId(base), byId(mine), byId(theirs)];
  const merged: Thing[] = [];
  for (const [id, their] of t) {
    const [before, my] = [b.get(id), m.get(id)];
    if (my) merged.push(both(before, my, their));
    else if (!before || stays(before, their, "theirs")) merged.push(their);
  }
  for (const [id, my] of m) {
    const before = b.get(id);
    if (!t.has(id) && (!before || stays(before, my, "mine"))) merged.push(my);
  }
  return merged;
}

/** Both sides added another thing under the same id: mine is called differently, so that both are kept. */
function withFreshIds<Graph extends FlowGraph & Ports>(
  context: MergeContext,
  base: Graph,
  mine: Graph,
  theirs: Graph,
  path: readonly string[],
): Graph {
  const nodes = freshIds(base.nodes, mine.nodes, theirs.nodes);
  const notes = freshIds(base.notes ?? [], mine.notes ?? [], theirs.notes ?? []);
  for (const [id, fresh] of nodes) context.renamed.set([...path, id].join("/"), [...path, fresh].join("/"));
  if (nodes.size === 0 && notes.size === 0) return mine;
  const ref = (text: string) => {
    const { node, port } = portRef(text);
    return refText({ node: nodes.get(node) ?? node, port });
  };
  const named = <Thing extends FlowNode | FlowNote>(thing: Thing, ids: ReadonlyMap<string, string>): Thing => ({
    ...thing,
    id: ids.get(thing.id) ?? thing.id,
  });
  return {
    ...mine,
    nodes: mine.nodes.map((node) => named(node, nodes)),
    edges: mine.edges.map(({ from, to }) => ({ from: ref(from), to: ref(to) })),
    ...(mine.notes && { notes: mine.notes.map((note) => named(note, notes)) }),
    ...(mine.inputs && { inputs: mapValues(mine.inputs, (refs) => refs.map(ref)) }),
    ...(mine.outputs && { outputs: mapValues(mine.outputs, ref) }),
  };
}

function freshIds(
  base: readonly { id: string }[],
  mine: readonly { id: string }[],
  theirs: readonly { id: string }[],
): Map<string, string> {
  const [before, their] = [byId(base), byId(theirs)];
  const taken = new Set([...base, ...mine, ...theirs].map(({ id }) => id));
  const fresh = new Map<string, string>();
  for (const thing of mine) {
    const other = their.get(thing.id);
    if (before.has(thing.id) || !other || isSame(thing, other)) continue;
    const stem = thing.id.replace(/_\d+$/, "").slice(0, 58);
    let number = 2;
    while (taken.has(`${stem}_${number}`)) number++;
    taken.add(`${stem}_${number}`);
    fresh.set(thing.id, `${stem}_${number}`);
  }
  return fresh;
}

/** Ports of a body that lead to nodes which are no longer there lead nowhere. */
function withoutLost(inputs: Fields, outputs: Fields, known: ReadonlySet<string>) {
  const leads = (ref: unknown) => typeof ref === "string" && known.has(portRef(ref).node);
  const kept = Object.entries(inputs).map(([name, refs]) => [name, Array.isArray(refs) ? refs.filter(leads) : []]);
  return {
    inputs: Object.fromEntries(kept.filter(([, refs]) => refs?.length)),
    outputs: Object.fromEntries(Object.entries(outputs).filter(([, ref]) => leads(ref))),
  };
}

/** What of a graph is a field of its own. */
function ownFields(graph: FlowGraph & Ports): Fields {
  const { nodes, edges, notes, params, inputs, outputs, ...rest } = graph;
  return rest;
}

function withoutPlace(thing: object): Fields {
  return { ...thing, position: undefined, size: undefined };
}

function hasNewEdge(node: string, base: readonly FlowEdge[], edges: readonly FlowEdge[]): boolean {
  const known = new Set(base.map(({ from, to }) => `${from}>${to}`));
  return edges.some(
    ({ from, to }) => [from, to].some((end) => portRef(end).node === node) && !known.has(`${from}>${to}`),
  );
}

/** `holder` with those parts that hold something. */
function filled<Holder extends object>(holder: Holder, parts: Readonly<Record<string, object>>): Holder {
  const whole = { ...holder };
  for (const [name, part] of Object.entries(parts)) {
    if (Object.keys(part).length > 0) Reflect.set(whole, name, part);
    else Reflect.deleteProperty(whole, name);
  }
  return whole;
}

function byId<Thing extends { id: string }>(things: readonly Thing[]): Map<string, Thing> {
  return new Map(things.map((thing) => [thing.id, thing]));
}

function mapValues<From, To>(record: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}
