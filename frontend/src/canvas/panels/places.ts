import { localized } from "../../lib/localize";
import { type FlowDocument, type FlowNode, graphAt, kindOf } from "../model/document";
import { portNamed, portsOf } from "../model/ports";
import { type OperatorSpec, type SpecField, type Specs, textOf, titleOf } from "../model/spec";

/** The node at a path such as "per_tool/fit". */
export function nodeAt(document: FlowDocument, path: string): FlowNode | undefined {
  const ids = path.split("/");
  const id = ids.pop();
  return graphAt(document, ids)?.nodes.find((node) => node.id === id);
}

export interface PlaceTexts {
  language: string;
  kind: (kind: "branch" | "map" | "loop" | "flow" | "approval") => string;
  setting: (name: string) => string;
  case: (number: number) => string;
  /** A param of the flow, or of a body. */
  param: (name: string) => string;
  port: (spec: OperatorSpec | undefined, port: { readonly name: string; readonly title?: string }) => string;
  /** Fields that are called the same in every node. */
  field: (name: string) => string | undefined;
}

export function nodeTitle(node: FlowNode, specs: Specs, { language, kind }: PlaceTexts): string {
  const own = localized(node.title, language);
  if (own) return own;
  const spec = specs.get(node.operator ?? "");
  if (spec) return titleOf(spec, language);
  const what = kindOf(node);
  return what === "operator" ? node.id : kind(what);
}

/** What a field is called in the form: "params.columns" is "Columns". `node` null: of the flow itself. */
export function fieldTitle(node: FlowNode | null, specs: Specs, field: string, texts: PlaceTexts): string {
  const [group = "", name = "", ...rest] = field.split(".");
  const spec = node ? specs.get(node.operator ?? "") : undefined;
  switch (group) {
    case "params": {
      if (!spec) return [node ? name : texts.param(name), ...rest].join(" · ");
      return titlesOf(spec, spec.params, [name, ...rest], texts.language).join(" · ");
    }
    case "settings":
      return texts.setting(name);
    case "cases":
      return texts.case(Number(name) + 1);
    case "inputs":
    case "outputs": {
      const port = node && portNamed(portsOf(node, specs), group, name);
      return texts.port(spec, port ?? { name });
    }
    default:
      return texts.field(group) ?? field;
  }
}

/** What a field is as long as nobody has set it. */
export function usualValue(node: FlowNode | undefined, specs: Specs, field: string): unknown {
  const [group, name = "", ...rest] = field.split(".");
  const isParam = group === "params" && rest.length === 0;
  return isParam ? specs.get(node?.operator ?? "")?.params.properties[name]?.default : undefined;
}

/** What the parts of a path are called: of a list the numbers, counted as people count. */
function titlesOf(
  spec: OperatorSpec,
  field: SpecField | undefined,
  path: readonly string[],
  language: string,
): string[] {
  const [first, ...rest] = path;
  if (first === undefined) return [];
  if (/^\d+$/.test(first)) return [`#${Number(first) + 1}`, ...titlesOf(spec, field?.items, rest, language)];
  const inner = field?.properties?.[first];
  return [textOf(spec, inner?.title, language) || first, ...titlesOf(spec, inner, rest, language)];
}
