import { api, etag, type Schemas } from "../../api/client";
import { type FlowDocument, readDocument } from "../../canvas/model/document";
import { plain } from "../../canvas/saving/serverIo";
import type { Text } from "../../lib/localize";
import { newKey } from "../../lib/newKey";

export type ListedFlow = Schemas["ListedFlow"];

/** What the list says of a title is whatever the document holds. */
export function titleOf({ title }: { title: unknown }): Text {
  if (typeof title === "string") return title;
  if (typeof title !== "object" || title === null) return null;
  return Object.fromEntries(
    Object.entries(title).flatMap(([language, text]) => (typeof text === "string" ? [[language, text]] : [])),
  );
}

/** A name for a flow with this title: short, without what would look odd in an address. */
export function nameFor(title: string): string {
  const name = title
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number}]+/gu, "-")
    .replace(/^-+|-+$/g, "");
  return [...name].slice(0, 60).join("");
}

export function isFlowName(name: string): boolean {
  return name.length <= 200 && /^(?!\.{1,2}$)[^/\p{Control}]+$/u.test(name);
}

export async function readFlow(project: string, flow: string): Promise<{ document: FlowDocument; number: number }> {
  const { data } = await api.GET("/api/v1/projects/{project_name}/flows/{flow}", {
    params: { path: { project_name: project, flow } },
  });
  if (!data) throw new Error(flow);
  return { document: readDocument(data.document), number: data.number };
}

export async function createFlow(project: string, document: FlowDocument): Promise<void> {
  await api.POST("/api/v1/projects/{project_name}/flows", {
    params: { path: { project_name: project }, header: { "Idempotency-Key": newKey() } },
    body: { document: plain(document) },
  });
}

/** The flow under another title, in one language where it has one per language. */
export async function retitleFlow(project: string, flow: string, title: string, language: string): Promise<void> {
  const { document, number } = await readFlow(project, flow);
  await api.PUT("/api/v1/projects/{project_name}/flows/{flow}", {
    params: { path: { project_name: project, flow }, header: { "If-Match": etag(number) } },
    body: { document: plain({ ...document, title: retitled(document.title, title, language) }) },
  });
}

export function retitled(before: Text, title: string, language: string): Text {
  return typeof before === "object" && before !== null ? { ...before, [language]: title } : title;
}

export async function deleteFlow(project: string, flow: string): Promise<void> {
  const { number } = await readFlow(project, flow);
  await api.DELETE("/api/v1/projects/{project_name}/flows/{flow}", {
    params: { path: { project_name: project, flow }, header: { "If-Match": etag(number) } },
  });
}
