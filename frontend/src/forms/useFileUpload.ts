import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { api } from "../api/client";
import { announceUpload, discardUpload, ioOf } from "../features/datasets/upload/requests";
import { transfer } from "../features/datasets/upload/transfer";
import { newKey } from "../lib/newKey";

const FILES = "/api/v1/projects/{project_name}/files";

interface FileUpload {
  /** 0 to 1; null: nothing is being sent. */
  progress: number | null;
  error: unknown;
  /** The path that flows name the file by; null: it was given up, or failed. */
  start: (file: File) => Promise<string | null>;
  cancel: () => void;
}

/** Sends a file and keeps it in the project's folder; it stops when the form goes. */
export function useFileUpload(project: string): FileUpload {
  const client = useQueryClient();
  const [progress, setProgress] = useState<number | null>(null);
  const [error, setError] = useState<unknown>(null);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);

  const start = useCallback(
    async (file: File) => {
      const control = new AbortController();
      running.current?.abort();
      running.current = control;
      setError(null);
      setProgress(0);
      try {
        const path = await sent(project, file, control.signal, setProgress);
        await client.invalidateQueries({ queryKey: ["get", FILES] });
        return path;
      } catch (reason) {
        if (!control.signal.aborted) setError(reason);
        return null;
      } finally {
        if (running.current === control) setProgress(null);
      }
    },
    [client, project],
  );
  return { progress, error, start, cancel: () => running.current?.abort() };
}

async function sent(
  project: string,
  file: File,
  signal: AbortSignal,
  tell: (progress: number) => void,
): Promise<string | null> {
  const { id } = await announceUpload(project, file, null);
  try {
    await transfer(file, 0, ioOf(project, id), signal, ({ received }) => tell(received / file.size));
  } catch (reason) {
    // What was given up on purpose is no upload to go on with.
    if (signal.aborted) await discardUpload(project, id).catch(() => undefined);
    throw reason;
  }
  const { data } = await api.POST(FILES, {
    params: { path: { project_name: project }, header: { "Idempotency-Key": newKey() } },
    body: { upload_id: id },
  });
  return data?.path ?? null;
}
