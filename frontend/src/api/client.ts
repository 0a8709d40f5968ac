import createClient, { type Middleware } from "openapi-fetch";
import createQueries from "openapi-react-query";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];

/** An answer of the server that is no success, or no answer at all (`status` 0, `code` "unreachable"). */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details: Record<string, unknown> = {},
  ) {
    super(message);
    this.name = "ApiError";
  }
}

let csrfToken: string | null = null;

/** The token of the session, which `GET /session` and signing in give. */
export function setCsrfToken(token: string | null): void {
  csrfToken = token;
}

export async function errorOf(response: Response): Promise<ApiError> {
  try {
    const { error } = (await response.json()) as Schemas["ErrorPayload"];
    return new ApiError(
      response.status,
      error.code,
      error.message,
      error.details as Record<string, unknown> | undefined,
    );
  } catch {
    return new ApiError(response.status, "no_answer", response.statusText || String(response.status));
  }
}

/** Headers that every request which changes something needs. */
export function changeHeaders(): Record<string, string> {
  return csrfToken ? { "X-CSRF-Token": csrfToken } : {};
}

const conventions: Middleware = {
  onRequest({ request }) {
    if (request.method !== "GET") {
      for (const [name, value] of Object.entries(changeHeaders())) request.headers.set(name, value);
    }
    return request;
  },
  async onResponse({ response }) {
    if (!response.ok) throw await errorOf(response);
  },
  onError({ error }) {
    return error instanceof ApiError ? error : new ApiError(0, "unreachable", "Patchbay does not answer.");
  },
};

/** The API, typed by its own document. Calls throw ApiError; `data` is there when they do not. */
export const api = createClient<paths>({ baseUrl: "/" });
api.use(conventions);

/** The same as hooks: `queries.useQuery("get", "/api/v1/pools")`. */
export const queries = createQueries(api);

/** What If-Match wants for a thing of this version. */
export function etag(version: number): string {
  return `"${version}"`;
}

/** The header with which a change says which state it is meant for: the one that this answer showed. */
export function ifMatch(response: Response): { "If-Match": string } {
  return { "If-Match": response.headers.get("ETag") ?? "" };
}
