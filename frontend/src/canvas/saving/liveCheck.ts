import { ApiError, api } from "../../api/client";
import type { FlowDocument } from "../model/document";
import type { FlowCheck, FlowStore } from "../store/flowStore";
import { isObject } from "./same";
import { plain } from "./serverIo";

const PAUSE = 250;
const AGAIN_AFTER = 5000;

export type Checked = Omit<FlowCheck, "document">;
type Ask = (document: FlowDocument) => Promise<Checked>;

/** Has the server check what is edited: a moment after the last edit, one question at a time, the last answer counts. */
export function startLiveCheck(store: FlowStore, ask: Ask): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isAsking = false;
  let isStopped = false;

  const wait = (milliseconds: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => void look(), milliseconds);
  };
  const look = async () => {
    if (isAsking) return;
    isAsking = true;
    const { document } = store.getState();
    let pause: number | null = null;
    try {
      const check = await ask(document);
      if (!isStopped) store.getState().setCheck({ ...check, document });
    } catch {
      // What it said last stays until it can say something newer.
      pause = AGAIN_AFTER;
    }
    isAsking = false;
    if (isStopped) return;
    if (store.getState().document !== document) wait(PAUSE);
    else if (pause !== null) wait(pause);
  };

  wait(0);
  const stopWatching = store.subscribe((now, before) => {
    if (now.document !== before.document) wait(PAUSE);
  });
  return () => {
    isStopped = true;
    clearTimeout(timer);
    stopWatching();
  };
}

/** Asks the server; a document that it cannot read at all is one with problems, too. */
export function askServer(project: string): Ask {
  return async (document) => {
    try {
      const { data } = await api.POST("/api/v1/projects/{project_name}/flow-checks", {
        params: { path: { project_name: project } },
        body: { document: plain(document) },
      });
      return { problems: (data?.problems ?? []).map(softened), schemas: data?.schemas ?? {} };
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 422) throw error;
      return { problems: problemsIn(error), schemas: {} };
    }
  };
}

/** A param of the flow that has no value yet is asked for when the flow is run: it hinders nobody. */
function softened(problem: FlowCheck["problems"][number]): FlowCheck["problems"][number] {
  const isAskedFor = problem.code === "flow_param_missing" && !problem.node?.includes("/");
  return isAskedFor ? { ...problem, level: "warning" } : problem;
}

function problemsIn({ code, message, details }: ApiError): FlowCheck["problems"] {
  const told: unknown[] = Array.isArray(details.problems) ? details.problems : [];
  const problems = told.flatMap((raw) => {
    if (!isObject(raw) || typeof raw.message !== "string") return [];
    const text = (value: unknown) => (typeof value === "string" ? value : null);
    return [
      {
        code: text(raw.code) ?? code,
        message: raw.message,
        node: text(raw.node),
        field: text(raw.field),
        value: raw.value ?? null,
        allowed: raw.allowed ?? null,
        level: "error" as const,
      },
    ];
  });
  if (problems.length > 0) return problems;
  return [{ code, message, node: null, field: null, value: null, allowed: null, level: "error" }];
}
