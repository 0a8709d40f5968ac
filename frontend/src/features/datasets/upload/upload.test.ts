import { expect, test } from "vitest";
import { ApiError } from "../../../api/client";
import { datasetNameFor, FIRST_CHUNK, isSameFile, LARGEST_CHUNK, nextChunk, pauseAfter, verdictOf } from "./plan";
import { type TransferIo, type TransferNews, transfer, type Upload } from "./transfer";

const SIZE = 3 * FIRST_CHUNK + 17;
const file = new Blob([new Uint8Array(SIZE)]);

/** A server that keeps what it gets; `trouble` may refuse or lose a chunk. */
function server(begin = 0, trouble: (call: number) => unknown = () => null) {
  let received = begin;
  let calls = 0;
  const waited: number[] = [];
  const upload = (): Upload => ({
    id: "u",
    file_name: "lots.csv",
    size: SIZE,
    received,
    sha256: null,
    state: received === SIZE ? "complete" : "open",
    source: null,
    error: null,
    run_id: null,
    run_state: null,
    dataset: null,
    created_at: 0,
    created_by: null,
    expires_at: 0,
  });
  const io: TransferIo = {
    async send(offset, chunk) {
      const problem = trouble(++calls);
      if (problem) throw problem;
      if (offset !== received) throw new ApiError(409, "conflict", "elsewhere", { received });
      received += chunk.size;
      return upload();
    },
    ask: async () => upload(),
    wait: async (seconds) => void waited.push(seconds),
    now: () => 0,
  };
  return { io, waited, received: () => received };
}

function send(from: ReturnType<typeof server>, begin = 0, news: TransferNews[] = []) {
  return transfer(file, begin, from.io, new AbortController().signal, (each) => news.push(each));
}

test("a file arrives whole", async () => {
  const there = server();
  expect((await send(there)).state).toBe("complete");
  expect(there.received()).toBe(SIZE);
});

test("it goes on where the server has it, whatever the browser thought", async () => {
  const there = server(FIRST_CHUNK);
  expect((await send(there, 5)).state).toBe("complete");
});

test("a lost line is waited for, longer each time, and said", async () => {
  const lost = new ApiError(0, "unreachable", "Patchbay does not answer.");
  const there = server(0, (call) => (call >= 2 && call <= 4 ? lost : null));
  const news: TransferNews[] = [];
  expect((await send(there, 0, news)).state).toBe("complete");
  expect(there.waited).toEqual([1, 2, 4]);
  expect(news.some(({ trouble }) => trouble === lost)).toBe(true);
  expect(news.at(-1)?.trouble).toBeNull();
});

test("what is refused for good ends it", async () => {
  const gone = new ApiError(404, "not_found", "There is no upload.");
  await expect(send(server(0, (call) => (call === 2 ? gone : null)))).rejects.toBe(gone);
});

test("what passes by itself and what does not", () => {
  const kind = (status: number, code = "x", details = {}) => verdictOf(new ApiError(status, code, "", details)).kind;
  expect(kind(503, "disk_full")).toBe("again");
  expect(kind(409, "conflict")).toBe("again");
  expect(kind(409, "conflict", { received: 3 })).toBe("goOn");
  expect(kind(409, "conflict", { received: 3, state: "complete" })).toBe("stop");
  expect(kind(401)).toBe("stop");
  expect(kind(422, "checksum_mismatch")).toBe("again");
  expect(kind(413)).toBe("stop");
});

test("chunks grow on a fast line and shrink on a slow one", () => {
  expect(nextChunk(FIRST_CHUNK, 0.01)).toBe(2 * FIRST_CHUNK);
  expect(nextChunk(FIRST_CHUNK, 60)).toBe(FIRST_CHUNK / 2);
  expect(nextChunk(LARGEST_CHUNK, 0.01)).toBe(LARGEST_CHUNK);
  expect(pauseAfter(50)).toBe(30);
});

test("a file that is chosen again is known by name and size", () => {
  const begun = { file_name: "lots.csv", size: 10 };
  expect(isSameFile(begun, { name: "lots.csv", size: 10 })).toBe(true);
  expect(isSameFile(begun, { name: "lots.csv", size: 11 })).toBe(false);
  expect(isSameFile(begun, { name: "Lots.csv", size: 10 })).toBe(false);
});

test("a dataset is named after its file", () => {
  const endings = [".csv", ".csv.gz"];
  expect(datasetNameFor("Fab 3 Lots (März).csv.gz", endings)).toBe("fab-3-lots-marz");
  expect(datasetNameFor("secom.data", endings)).toBe("secom");
  expect(datasetNameFor("设备.csv", endings)).toBe("");
});
