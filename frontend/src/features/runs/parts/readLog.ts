import { api } from "../../../api/client";

/** Bytes of a log that a page keeps; the end of it is what people read. */
export const MOST_KEPT = 2 << 20;

export interface LogText {
  text: string;
  next: number;
  /** The beginning has been let go. */
  isCut: boolean;
}

export const NO_LOG: LogText = { text: "", next: 0, isCut: false };

/** What tells a terminal about colours; Ray writes it before each line of a worker. */
const COLOURS = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g");

/** What follows a part of a log that is known. */
export function joined(known: LogText, more: { text: string; next: number }): LogText {
  const whole = known.text + more.text.replace(COLOURS, "");
  if (whole.length <= MOST_KEPT) return { ...known, text: whole, next: more.next };
  const start = whole.indexOf("\n", whole.length - MOST_KEPT) + 1;
  return { text: whole.slice(start), next: more.next, isCut: true };
}

interface LogPlace {
  project: string;
  run: number;
  task: number;
  attempt: number;
}

export async function readMore({ project, run, task, attempt }: LogPlace, known: LogText, signal: AbortSignal) {
  const { data } = await api.GET(
    "/api/v1/projects/{project_name}/runs/{run_id}/tasks/{task_id}/attempts/{number}/log",
    {
      params: {
        path: { project_name: project, run_id: run, task_id: task, number: attempt },
        query: { offset: known.next },
      },
      signal,
    },
  );
  return { log: data ? joined(known, data) : known, hasMore: (data?.text.length ?? 0) > 0 };
}

/** Lines that hold a text, whatever its case; without a text all. */
export function matching(lines: readonly string[], search: string): string[] {
  const wanted = search.toLowerCase();
  return wanted ? lines.filter((line) => line.toLowerCase().includes(wanted)) : [...lines];
}
