import type { Text } from "../../../lib/localize";
import type { FlowDocument, WizardBlock, WizardStep } from "../../model/document";
import { portRef } from "../../model/document";
import { freeId } from "../../model/ids";
import type { Specs } from "../../model/spec";
import { boundName, paramUses } from "../flowParamEdits";

export const LANGUAGES = ["en", "zh-CN"] as const;
export type Texts = { readonly [language: string]: string };

/** A step that asks for something. What follows the last of them is the same in every wizard: the run and its result. */
export interface Question {
  readonly id: string;
  readonly title: Texts;
  readonly help: Texts;
  readonly params: readonly string[];
  /** The node whose findings it shows; null: it only asks. */
  readonly check: string | null;
}

/** A wizard while somebody makes it. `block`: what the document has of it already. */
export interface Draft {
  readonly title: Texts;
  readonly description: Texts;
  readonly icon: string;
  readonly questions: readonly Question[];
  /** The node whose outputs the last page shows; null: those of the step that ends last. */
  readonly result: string | null;
  readonly block: WizardBlock | null;
}

const RUN: WizardStep = { id: "run", view: "run", title: { en: "Run", "zh-CN": "运行" } };
const RESULT: WizardStep = { id: "result", view: "result", title: { en: "Result", "zh-CN": "结果" } };
const DATA: Texts = { en: "Choose data", "zh-CN": "选择数据" };
const SETTINGS: Texts = { en: "Settings", "zh-CN": "设置" };
export const ICONS = [
  "target",
  "flask",
  "trending-up",
  "chart-column",
  "radar",
  "siren",
  "split",
  "group",
  "timer",
  "scale",
  "shield-check",
  "table-2",
] as const;

/** Texts of both languages to edit; what is one text for all is that of `language`. */
export function textsOf(text: Text, language: string): Texts {
  if (!text) return {};
  return typeof text === "string" ? { [language]: text } : text;
}

/** The wizard that a document has, or one that asks for everything: data first, then all other params. */
export function firstDraft(document: FlowDocument, specs: Specs, language: string): Draft {
  const { wizard: block, title, name } = document;
  const common = { title: textsOf(title ?? name, language), block: block ?? null };
  if (block)
    return {
      ...common,
      description: textsOf(block.description, language),
      icon: block.icon ?? ICONS[0],
      questions: block.steps
        .filter(({ view }) => view !== "run" && view !== "result")
        .map(({ id, title, help, params, node, view }) => ({
          id,
          title: textsOf(title, language),
          help: textsOf(help, language),
          params: (params ?? []).filter((param) => document.params?.[param]),
          check: view === "check" ? (node ?? null) : null,
        })),
      result: block.steps.find(({ view }) => view === "result")?.node ?? null,
    };
  const names = Object.keys(document.params ?? {});
  const data = names.filter((param) => isDataset(document, specs, param));
  const others = names.filter((param) => !data.includes(param));
  const questions: Question[] = data.map((param, at) => ({
    id: at === 0 ? "data" : `data_${at + 1}`,
    title: DATA,
    help: {},
    params: [param],
    check: null,
  }));
  if (others.length > 0 || questions.length === 0)
    questions.push({ id: "settings", title: SETTINGS, help: {}, params: others, check: null });
  return { ...common, description: {}, icon: ICONS[0], questions, result: reportOf(document, specs) };
}

/** Whether a param says which dataset is read: the first field that takes it decides, as on the server. */
export function isDataset(document: FlowDocument, specs: Specs, param: string): boolean {
  const use = paramUses(document)
    .get(param)
    ?.find(({ node, field }) => {
      const found = document.nodes.find(({ id }) => id === node);
      return boundName(found?.params?.[field]) === param;
    });
  const operator = document.nodes.find(({ id }) => id === use?.node)?.operator;
  const field = operator === undefined ? undefined : specs.get(operator)?.params.properties[use?.field ?? ""];
  return field?.["x-widget"] === "dataset";
}

/** The node that makes a report, else the last one that feeds no other. */
export function reportOf({ nodes, edges }: FlowDocument, specs: Specs): string | null {
  const feeding = new Set(edges.map(({ from }) => portRef(from).node));
  const makesReport = ({ operator }: { operator?: string }) =>
    specs.get(operator ?? "")?.outputs.some(({ name, type }) => name === "report" && type === "text") ?? false;
  return (nodes.filter(makesReport).at(-1) ?? nodes.filter(({ id }) => !feeding.has(id)).at(-1))?.id ?? null;
}

/** The param one place up (-1) or down (1), over the borders of questions. */
export function movedParam(draft: Draft, name: string, by: -1 | 1): Draft {
  const { questions } = draft;
  const at = questions.findIndex(({ params }) => params.includes(name));
  const question = questions[at];
  if (!question) return draft;
  const place = question.params.indexOf(name);
  const swapped = place + by;
  if (swapped >= 0 && swapped < question.params.length) {
    const params = question.params.filter((param) => param !== name);
    return withQuestion(draft, { ...question, params: params.toSpliced(swapped, 0, name) });
  }
  const next = questions[at + by];
  if (!next) return draft;
  const left = withQuestion(draft, { ...question, params: question.params.filter((param) => param !== name) });
  return withQuestion(left, { ...next, params: by === 1 ? [name, ...next.params] : [...next.params, name] });
}

/** Asked by a question, last; null: by none. */
export function askedBy(draft: Draft, name: string, id: string | null): Draft {
  const questions = draft.questions.map((question) => {
    const params = question.params.filter((param) => param !== name);
    return { ...question, params: question.id === id ? [...params, name] : params };
  });
  return { ...draft, questions };
}

export function withQuestion(draft: Draft, question: Question): Draft {
  return { ...draft, questions: draft.questions.map((each) => (each.id === question.id ? question : each)) };
}

export function movedQuestion(draft: Draft, id: string, by: -1 | 1): Draft {
  const at = draft.questions.findIndex((each) => each.id === id);
  const question = draft.questions[at];
  const to = at + by;
  if (!question || to < 0 || to >= draft.questions.length) return draft;
  return { ...draft, questions: draft.questions.toSpliced(at, 1).toSpliced(to, 0, question) };
}

export function withoutQuestion(draft: Draft, id: string): Draft {
  return { ...draft, questions: draft.questions.filter((each) => each.id !== id) };
}

export function withNewQuestion(draft: Draft): Draft {
  const taken = new Set([...draft.questions.map(({ id }) => id), ...(draft.block?.steps.map(({ id }) => id) ?? [])]);
  const id = freeId("step", new Set([...taken, RUN.id, RESULT.id]));
  return { ...draft, questions: [...draft.questions, { id, title: {}, help: {}, params: [], check: null }] };
}

/** Params of the flow that no question asks for: they keep their defaults. */
export function unasked(draft: Draft, document: FlowDocument): string[] {
  const asked = new Set(draft.questions.flatMap(({ params }) => params));
  return Object.keys(document.params ?? {}).filter((name) => !asked.has(name));
}

export type DraftProblem =
  | { code: "title" }
  | { code: "questionTitle"; number: number }
  | { code: "noValue"; param: string };

/** What keeps the wizard from being published. */
export function problemsOf(draft: Draft, document: FlowDocument): DraftProblem[] {
  const untitled = draft.questions.flatMap(({ title }, at): DraftProblem[] =>
    isEmpty(title) ? [{ code: "questionTitle", number: at + 1 }] : [],
  );
  return [...(isEmpty(draft.title) ? [{ code: "title" } as const] : []), ...untitled, ...neverGiven(draft, document)];
}

/** Params without a default that the steps before the result need, and that nobody is asked for. */
function neverGiven(draft: Draft, document: FlowDocument): DraftProblem[] {
  const uses = paramUses(document);
  const needed = draft.result === null ? null : before(document, draft.result);
  return unasked(draft, document)
    .filter((name) => !("default" in (document.params?.[name] ?? {})))
    .filter((name) => uses.get(name)?.some(({ node }) => needed === null || needed.has(node)))
    .map((param) => ({ code: "noValue", param }));
}

/** A node and all that it is made of. */
function before({ edges }: FlowDocument, node: string): Set<string> {
  const found = new Set([node]);
  for (const id of found) for (const { from, to } of edges) if (portRef(to).node === id) found.add(portRef(from).node);
  return found;
}

/** The document as the wizard that the draft describes. */
export function published(document: FlowDocument, draft: Draft, specs: Specs): FlowDocument {
  const before = draft.block?.steps ?? [];
  const run = before.find(({ view }) => view === "run") ?? RUN;
  const { node: _node, ...result } = before.find(({ view }) => view === "result") ?? RESULT;
  const questions = draft.questions.map(({ id, title, help, params, check }): WizardStep => {
    const [only, ...more] = params;
    const isData = only !== undefined && more.length === 0 && isDataset(document, specs, only);
    return {
      id,
      view: check !== null ? "check" : isData ? "data" : "form",
      ...given("title", title),
      ...given("help", help),
      params,
      ...(check !== null && { node: check }),
    };
  });
  const wizard: WizardBlock = {
    kind: draft.block?.kind ?? "other",
    icon: draft.icon,
    ...given("description", draft.description),
    ...(draft.block?.flow_title && { flow_title: draft.block.flow_title }),
    published: true,
    steps: [...questions, run, { ...result, ...(draft.result !== null && { node: draft.result }) }],
  };
  return { ...document, ...given("title", draft.title), wizard };
}

/** The document without its wizard: the flow stays as it is. */
export function withdrawn({ wizard: _wizard, ...document }: FlowDocument): FlowDocument {
  return document;
}

function isEmpty(texts: Texts): boolean {
  return Object.values(texts).every((text) => text.trim() === "");
}

/** A text in the languages in which it was written; nothing where it was not. */
function given<Name extends string>(name: Name, texts: Texts): { [name in Name]?: Texts } {
  const written = Object.entries(texts).filter(([, text]) => text.trim() !== "");
  return written.length > 0 ? ({ [name]: Object.fromEntries(written) } as { [name in Name]?: Texts }) : {};
}
