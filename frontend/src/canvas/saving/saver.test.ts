import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "../../api/client";
import type { FlowDocument } from "../model/document";
import { makeFlowStore } from "../store/flowStore";
import type { Draft, Drafts } from "./drafts";
import { makeSaver } from "./saver";
import type { SaverIo } from "./saving";

const START: FlowDocument = {
  format: 1,
  name: "f",
  nodes: [{ id: "a", operator: "x.y@1.0.0", params: { left: 1, right: 1 } }],
  edges: [],
};

const withParam = (document: FlowDocument, name: string, value: unknown): FlowDocument => ({
  ...document,
  nodes: document.nodes.map((node) => ({ ...node, params: { ...node.params, [name]: value } })),
});

/** A server that keeps revisions, can be away, and can lose its answers. */
function makeServer() {
  const revisions = [START];
  const server = {
    revisions,
    isAway: false,
    losesAnswer: false,
    newest: () => ({ number: revisions.length, document: revisions.at(-1) ?? START }),
    save(document: FlowDocument, version: number) {
      if (version !== revisions.length) throw new ApiError(409, "conflict", "changed meanwhile");
      return revisions.push(structuredClone(document));
    },
  };
  const reach = () => {
    if (server.isAway) throw new ApiError(0, "unreachable", "away");
  };
  const io: SaverIo = {
    async put(document, version) {
      reach();
      const number = server.save(document, version);
      if (server.losesAnswer) throw new ApiError(0, "unreachable", "lost");
      return number;
    },
    async create(document) {
      return revisions.push(document);
    },
    async newest() {
      reach();
      return server.newest();
    },
    async revision(number) {
      return { number, document: revisions[number - 1] ?? START };
    },
    refreshSession: async () => undefined,
  };
  return { server, io };
}

function makeDraftBox(left: Draft[] = []) {
  const box: { kept: Draft | null; drafts: Drafts } = {
    kept: null,
    drafts: {
      keep(draft) {
        box.kept = draft;
        return true;
      },
      drop() {
        box.kept = null;
      },
      left: async () => left.map((draft) => ({ ...draft, isOwn: true, forget: () => undefined })),
      close: () => undefined,
    },
  };
  return box;
}

function open(left: Draft[] = []) {
  const { server, io } = makeServer();
  const box = makeDraftBox(left);
  const store = makeFlowStore({ project: "p", document: START, version: 1 });
  const news = { onTaken: vi.fn(), onRestored: vi.fn(), onSaved: vi.fn() };
  const saver = makeSaver({ store, io, drafts: box.drafts, news });
  const edit = (name: string, value: unknown) =>
    store.getState().change("edit", (flow) => withParam(flow, name, value));
  const status = () => saver.getState().status;
  return { server, box, store, saver, news, edit, status };
}

const params = (document: FlowDocument | undefined) => document?.nodes[0]?.params;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("an edit is saved a second after the last one, and kept in the browser until then", async () => {
  const { server, box, edit, status } = open();
  edit("left", 2);
  expect(status()).toBe("pending");
  await vi.advanceTimersByTimeAsync(900);
  expect(params(box.kept?.document)).toEqual({ left: 2, right: 1 });
  edit("left", 3);
  await vi.advanceTimersByTimeAsync(900);
  expect(server.revisions).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(200);
  expect(params(server.newest().document)).toEqual({ left: 3, right: 1 });
  expect(status()).toBe("saved");
  expect(box.kept).toBeNull();
});

test("what was undone back to the saved state makes no revision", async () => {
  const { server, store, edit, status } = open();
  edit("left", 2);
  store.getState().undo();
  await vi.advanceTimersByTimeAsync(2000);
  expect(server.revisions).toHaveLength(1);
  expect(status()).toBe("saved");
});

test("while the server is away it is tried again, and the edits stay in the browser", async () => {
  const { server, box, edit, status } = open();
  server.isAway = true;
  edit("left", 2);
  await vi.advanceTimersByTimeAsync(1500);
  expect(status()).toBe("offline");
  expect(box.kept).not.toBeNull();
  server.isAway = false;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(status()).toBe("saved");
  expect(params(server.newest().document)).toEqual({ left: 2, right: 1 });
});

test("another's change of another field comes in beside mine; undo takes back only mine", async () => {
  const { server, store, news, edit, status } = open();
  server.save(withParam(START, "right", 9), 1);
  edit("left", 2);
  await vi.advanceTimersByTimeAsync(1500);
  expect(status()).toBe("saved");
  expect(params(server.newest().document)).toEqual({ left: 2, right: 9 });
  expect(news.onTaken).toHaveBeenCalledOnce();
  store.getState().undo();
  expect(params(store.getState().document)).toEqual({ left: 1, right: 9 });
});

test("the same field: nothing is saved until somebody has chosen", async () => {
  const { server, saver, edit, status } = open();
  server.save(withParam(START, "left", 9), 1);
  edit("left", 2);
  await vi.advanceTimersByTimeAsync(1500);
  expect(status()).toBe("conflict");
  expect(params(server.newest().document)).toEqual({ left: 9, right: 1 });
  await saver.resolve(new Map([["a#params.left", "mine"]]));
  expect(status()).toBe("saved");
  expect(params(server.newest().document)).toEqual({ left: 2, right: 1 });
});

test("an answer that was lost is no conflict with myself", async () => {
  const { server, edit, status, news } = open();
  server.losesAnswer = true;
  edit("left", 2);
  await vi.advanceTimersByTimeAsync(1100);
  server.losesAnswer = false;
  edit("left", 3);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(status()).toBe("saved");
  expect(news.onTaken).not.toHaveBeenCalled();
  expect(params(server.newest().document)).toEqual({ left: 3, right: 1 });
});

test("edits of before a refresh are taken up, beside what others did meanwhile", async () => {
  const { server, saver, news, status } = open([{ version: 1, document: withParam(START, "left", 2), at: 0 }]);
  server.save(withParam(START, "right", 9), 1);
  await saver.restore();
  expect(news.onRestored).toHaveBeenCalledOnce();
  expect(status()).toBe("saved");
  expect(params(server.newest().document)).toEqual({ left: 2, right: 9 });
});

test("who has nothing unsaved sees another's changes", async () => {
  const { server, saver, store } = open();
  server.save(withParam(START, "right", 9), 1);
  await saver.refresh();
  expect(params(store.getState().document)).toEqual({ left: 1, right: 9 });
  expect(store.getState().version).toBe(2);
});
