import { expect, test, vi } from "vitest";

/** Pages of runs by cursor, as the server gives them, and what it was asked. */
const server = vi.hoisted(() => {
  const { Request: Real } = globalThis;
  const state = { pages: {} as Record<string, unknown>, asked: [] as string[] };
  vi.stubGlobal(
    "Request",
    class extends Real {
      constructor(input: RequestInfo | URL, init?: RequestInit) {
        super(typeof input === "string" ? new URL(input, "http://patchbay.test") : input, init);
      }
    },
  );
  vi.stubGlobal("fetch", async ({ url }: Request) => {
    const { search, searchParams } = new URL(url);
    state.asked.push(search);
    return Response.json(state.pages[searchParams.get("cursor") ?? ""]);
  });
  return state;
});

const { latestRun } = await import("./latestRun");

const to = (id: number, ...nodes: string[]) => ({ id, mode: { kind: "to", nodes } });

test("a run is found however many others the flow has had since", async () => {
  const later = Array.from({ length: 100 }, (_, at) => to(1000 - at, "try_row"));
  server.pages = {
    "": { items: later, next: "second" },
    second: { items: [to(9, "report", "check"), to(7, "report"), to(5, "report")], next: "third" },
  };
  expect((await latestRun("default", { flow: "yield", node: "report", state: "done" }))?.id).toBe(7);
  expect(server.asked).toEqual(["?flow=yield&limit=100&state=done", "?flow=yield&limit=100&state=done&cursor=second"]);
});

test("there may be none; of a flow without a node that shows anything all of it counts", async () => {
  server.pages = { "": { items: [to(3, "check"), { id: 2, mode: { kind: "all" } }], next: null } };
  expect(await latestRun("default", { flow: "yield", node: "report" })).toBeNull();
  expect((await latestRun("default", { flow: "yield", node: null }))?.id).toBe(2);
});
