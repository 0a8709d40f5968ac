import { ApiError } from "../../../api/client";

/** Bytes of a chunk: what the server takes at most, and how small it gets on slow lines. */
export const LARGEST_CHUNK = 8 * 1024 ** 2;
export const SMALLEST_CHUNK = 128 * 1024;
export const FIRST_CHUNK = 1024 ** 2;
/** Seconds that a chunk should take: progress is seen after each, and a lost line costs at most one. */
const WANTED = 1;

/** The next chunk, after one of `bytes` took so long: at most doubled or halved, so that one hiccup decides nothing. */
export function nextChunk(bytes: number, seconds: number): number {
  const wanted = seconds > 0 ? (bytes / seconds) * WANTED : LARGEST_CHUNK;
  const bounded = Math.min(bytes * 2, Math.max(bytes / 2, wanted));
  return Math.round(Math.min(LARGEST_CHUNK, Math.max(SMALLEST_CHUNK, bounded)));
}

/** Bytes per second, smoothed. */
export function nextSpeed(before: number | null, bytes: number, seconds: number): number {
  const now = bytes / Math.max(seconds, 0.001);
  return before === null ? now : before * 0.7 + now * 0.3;
}

/** Seconds until the rest is there; null: nobody can tell yet. */
export function remaining(size: number, received: number, speed: number | null): number | null {
  return speed === null || speed <= 0 ? null : (size - received) / speed;
}

export type Verdict =
  /** The server knows where it goes on. */
  | { kind: "goOn"; received: number }
  /** It passes by itself: a lost line, a server that restarts. */
  | { kind: "again" }
  | { kind: "stop" };

/** What to do after a chunk did not arrive. */
export function verdictOf(error: unknown): Verdict {
  if (!(error instanceof ApiError)) return { kind: "again" };
  if (error.status === 409) {
    const { received, state } = error.details;
    if (state !== undefined) return { kind: "stop" };
    return typeof received === "number" ? { kind: "goOn", received } : { kind: "again" };
  }
  // A chunk that was changed on its way is sent again as well.
  const passes = [0, 408, 429, 500, 502, 503, 504].includes(error.status) || error.code === "checksum_mismatch";
  return { kind: passes ? "again" : "stop" };
}

/** Seconds to wait before the next try. */
export function pauseAfter(failures: number): number {
  return Math.min(30, 2 ** Math.min(failures - 1, 5));
}

interface Announced {
  file_name: string;
  size: number;
}

/** Whether a chosen file is the one that an upload was begun with, as far as its name and size say. */
export function isSameFile(upload: Announced, file: { name: string; size: number }): boolean {
  return upload.file_name === visibleName(file.name) && upload.size === file.size;
}

/** The server keeps a name without what cannot be seen. */
function visibleName(name: string): string {
  return name.replaceAll(/\p{C}/gu, "").trim();
}

/** A name for a dataset of this file: small letters, digits, "-" and "_". */
export function datasetNameFor(fileName: string, endings: readonly string[] = []): string {
  const lower = fileName.toLowerCase();
  const ending = [...endings].sort((a, b) => b.length - a.length).find((each) => lower.endsWith(each));
  const bare = ending ? lower.slice(0, -ending.length) : lower.replace(/\.[^.]*$/, "");
  return bare
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .replaceAll(/[^a-z0-9_]+/g, "-")
    .replaceAll(/^[-_]+|[-_]+$/g, "")
    .slice(0, 100);
}

export function isDatasetName(name: string): boolean {
  return /^[a-z0-9][a-z0-9_-]{0,99}$/.test(name);
}
