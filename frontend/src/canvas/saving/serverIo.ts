import { api, etag, type Schemas, setCsrfToken } from "../../api/client";
import { newKey } from "../../lib/newKey";
import { type FlowDocument, readDocument } from "../model/document";
import type { SavedRevision, SaverIo } from "./saving";

/** What saving asks the server, for one flow. */
export function serverIo(project: string, flow: string): SaverIo {
  const path = { project_name: project, flow };
  return {
    async put(document, version) {
      const { data } = await api.PUT("/api/v1/projects/{project_name}/flows/{flow}", {
        params: { path, header: { "If-Match": etag(version) } },
        body: { document: plain(document) },
      });
      return there(data).number;
    },
    async create(document) {
      const { data } = await api.POST("/api/v1/projects/{project_name}/flows", {
        params: { path: { project_name: project }, header: { "Idempotency-Key": newKey() } },
        body: { document: plain(document) },
      });
      return there(data).number;
    },
    async newest() {
      const { data } = await api.GET("/api/v1/projects/{project_name}/flows/{flow}", { params: { path } });
      return revisionOf(there(data));
    },
    async revision(number) {
      const { data } = await api.GET("/api/v1/projects/{project_name}/flows/{flow}/revisions/{number}", {
        params: { path: { ...path, number } },
      });
      return revisionOf(there(data));
    },
    async refreshSession() {
      const { data } = await api.GET("/api/v1/session");
      setCsrfToken(data?.csrf_token ?? null);
    },
  };
}

/** A document as the body of a request. */
export function plain(document: FlowDocument): Record<string, unknown> {
  return { ...document };
}

function revisionOf({ number, document }: Schemas["Flow"]): SavedRevision {
  return { number, document: readDocument(document) };
}

function there<Data>(data: Data | undefined): Data {
  if (data === undefined) throw new Error("The answer is empty.");
  return data;
}
