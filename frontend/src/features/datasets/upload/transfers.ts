import { create } from "zustand";
import { announceUpload, discardUpload, ioOf } from "./requests";
import { cheapSha256 } from "./sha256";
import { transfer, type Upload } from "./transfer";

export interface Transfer {
  project: string;
  file: File;
  received: number;
  /** Bytes per second; null: not known. */
  speed: number | null;
  phase: "sending" | "waiting" | "paused" | "arrived" | "failed";
  /** Why it waits or has failed. */
  trouble: unknown;
}

interface Transfers {
  /** By the id of the upload. They go on while one looks at other pages. */
  of: { readonly [upload: string]: Transfer };
}

export const useTransfers = create<Transfers>(() => ({ of: {} }));

const running = new Map<string, AbortController>();

function change(id: string, part: Partial<Transfer>): void {
  useTransfers.setState(({ of }) => {
    const before = of[id];
    return before ? { of: { ...of, [id]: { ...before, ...part } } } : { of };
  });
}

/** Announces a file and begins to send it. */
export async function beginTransfer(project: string, file: File): Promise<Upload> {
  const upload = await announceUpload(project, file, await cheapSha256(file));
  goOnWith(project, upload, file);
  return upload;
}

/** Sends the rest of a file of which the server has a part. */
export function goOnWith(project: string, upload: Upload, file: File): void {
  const { id, received } = upload;
  useTransfers.setState(({ of }) => ({
    of: { ...of, [id]: { project, file, received, speed: null, phase: "sending", trouble: null } },
  }));
  void run(id);
}

export function pauseTransfer(id: string): void {
  running.get(id)?.abort();
  change(id, { phase: "paused", speed: null, trouble: null });
}

export function resumeTransfer(id: string): void {
  change(id, { phase: "sending", trouble: null });
  void run(id);
}

/** Gives an upload up, also one that this page does not send. */
export async function cancelTransfer(project: string, id: string): Promise<void> {
  running.get(id)?.abort();
  await discardUpload(project, id);
  useTransfers.setState(({ of }) => ({ of: Object.fromEntries(Object.entries(of).filter(([other]) => other !== id)) }));
}

async function run(id: string): Promise<void> {
  const begun = useTransfers.getState().of[id];
  if (!begun || running.has(id)) return;
  const stop = new AbortController();
  running.set(id, stop);
  addEventListener("beforeunload", askFirst);
  try {
    const whole = await transfer(begun.file, begun.received, ioOf(begun.project, id), stop.signal, (news) =>
      change(id, { ...news, phase: news.trouble === null ? "sending" : "waiting" }),
    );
    change(id, { phase: "arrived", received: whole.size, trouble: null });
  } catch (trouble) {
    if (!stop.signal.aborted) change(id, { phase: "failed", speed: null, trouble });
  } finally {
    running.delete(id);
    if (running.size === 0) removeEventListener("beforeunload", askFirst);
    // Paused and resumed before the last request had ended.
    if (stop.signal.aborted && useTransfers.getState().of[id]?.phase === "sending") void run(id);
  }
}

/** Leaving the page stops what is being sent: the browser asks. */
function askFirst(event: BeforeUnloadEvent): void {
  event.preventDefault();
}
