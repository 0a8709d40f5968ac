import { ApiError, api, changeHeaders, errorOf } from "../../../api/client";
import { newKey } from "../../../lib/newKey";
import { sha256 } from "./sha256";
import type { TransferIo, Upload } from "./transfer";

const PATH = "/api/v1/projects/{project_name}/uploads/{upload_id}";

export async function announceUpload(project: string, file: File, digest: string | null): Promise<Upload> {
  const { data } = await api.POST("/api/v1/projects/{project_name}/uploads", {
    params: { path: { project_name: project }, header: { "Idempotency-Key": newKey() } },
    body: { file_name: file.name, size: file.size, sha256: digest },
  });
  return there(data);
}

export async function askUpload(project: string, id: string, signal?: AbortSignal): Promise<Upload> {
  const params = { path: { project_name: project, upload_id: id } };
  const { data } = await api.GET(PATH, signal ? { params, signal } : { params });
  return there(data);
}

export async function discardUpload(project: string, id: string): Promise<void> {
  await api.DELETE(PATH, { params: { path: { project_name: project, upload_id: id } } });
}

async function sendChunk(
  project: string,
  id: string,
  offset: number,
  chunk: Blob,
  signal: AbortSignal,
): Promise<Upload> {
  const digest = await sha256(chunk);
  let response: Response;
  try {
    response = await fetch(`/api/v1/projects/${encodeURIComponent(project)}/uploads/${encodeURIComponent(id)}`, {
      method: "PATCH",
      body: chunk,
      signal,
      headers: {
        ...changeHeaders(),
        "Content-Type": "application/octet-stream",
        "Upload-Offset": String(offset),
        ...(digest && { "Upload-Checksum": digest }),
      },
    });
  } catch {
    signal.throwIfAborted();
    throw new ApiError(0, "unreachable", "Patchbay does not answer.");
  }
  if (!response.ok) throw await errorOf(response);
  return (await response.json()) as Upload;
}

export function ioOf(project: string, id: string): TransferIo {
  return {
    send: (offset, chunk, signal) => sendChunk(project, id, offset, chunk, signal),
    ask: (signal) => askUpload(project, id, signal),
    wait: untilLater,
    now: () => performance.now() / 1000,
  };
}

/** Some seconds, or as soon as the browser says that it is online again. */
function untilLater(seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      removeEventListener("online", done);
      signal.removeEventListener("abort", stop);
    };
    const done = () => {
      end();
      resolve();
    };
    const stop = () => {
      end();
      reject(signal.reason);
    };
    const timer = setTimeout(done, seconds * 1000);
    addEventListener("online", done);
    signal.addEventListener("abort", stop);
  });
}

function there<T>(data: T | undefined): T {
  if (data === undefined) throw new Error("The answer is empty.");
  return data;
}
