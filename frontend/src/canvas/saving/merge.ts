import type { FlowDocument } from "../model/document";
import { mergeGraph } from "./mergeGraph";
import { normal } from "./normal";

export type Side = "mine" | "theirs";

/** A place that both sides changed, each in its own way. A value that is undefined: not there on that side. */
export interface Conflict {
  /** Names the place, also in the choices. */
  key: string;
  /** Path of the node; null: the flow itself. */
  node: string | null;
  /** Such as "params.columns"; null: the node as a whole, which one side deleted while the other changed it. */
  field: string | null;
  base: unknown;
  mine: unknown;
  theirs: unknown;
}

export type Choices = ReadonlyMap<string, Side>;

export interface Merged {
  /** Where nothing was chosen, a conflict is decided for mine. */
  document: FlowDocument;
  conflicts: Conflict[];
  /** Nodes of mine that had to give up their id to one of theirs: path before -> path now. */
  renamed: ReadonlyMap<string, string>;
}

export interface MergeOptions {
  choices?: Choices;
  /** Whether several edges may lead into this port ("node.port"); where that is not known, one. */
  takesMany?: (node: string, port: string) => boolean;
}

/** What a merge carries along its way through the bodies. */
export interface MergeContext {
  choices: Choices;
  takesMany: (node: string, port: string) => boolean;
  conflicts: Conflict[];
  renamed: Map<string, string>;
}

/**
 * Brings two documents together that both started from `base`: by node and by field. What only one side changed is
 * taken as that side has it; what both changed in different ways is a conflict, decided by the choices.
 */
export function merge(
  base: FlowDocument,
  mine: FlowDocument,
  theirs: FlowDocument,
  options: MergeOptions = {},
): Merged {
  const context: MergeContext = {
    choices: options.choices ?? new Map(),
    takesMany: options.takesMany ?? (() => false),
    conflicts: [],
    renamed: new Map(),
  };
  const document = mergeGraph(context, normal(base), normal(mine), normal(theirs), []);
  return { document, conflicts: context.conflicts, renamed: context.renamed };
}
