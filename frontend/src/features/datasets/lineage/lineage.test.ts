import { expect, test } from "vitest";
import type { ListedVersion } from "../dataset";
import { lineagePicture, type Words } from "./lineage";

const words: Words = {
  versions: (numbers) => numbers.map((number) => `v${number}`).join(" "),
  file: "file",
  catalogue: "public",
  unknown: "unknown",
  reads: (number) => (number === null ? "latest" : `v${number}`),
  schedule: "at",
  ran: (runs) => `${runs} runs`,
  model: (run) => `run ${run}`,
  more: (count) => `${count} more`,
};
const lots = { name: "lots", title: "Lots", about: "" };

function version(number: number, source: Record<string, unknown>): ListedVersion {
  return {
    number,
    rows: 1,
    columns: 2,
    content_hash: "",
    source,
    run_id: 7,
    created_at: 0,
    created_by: null,
    expired_at: null,
  };
}

function use(run: number, flow: string, nodes: string[]) {
  const models = nodes.map((node) => ({ node, port: "model", artifact: "a" }));
  return { run, flow, state: "done" as const, created_at: 0, node: "read", number: 1, models };
}

test("where it comes from, who reads it, what was made of it", () => {
  const file = { kind: "upload", file_name: "lots.csv" };
  const reader = { flow: "yield", revision: 1, node: "read", param: "dataset", number: null, schedule: null };
  const picture = lineagePicture(
    lots,
    [version(2, file), version(1, file)],
    [reader, { ...reader, schedule: "nightly" }],
    [use(9, "yield", ["train"]), use(8, "yield", ["train"]), use(3, "old", [])],
    words,
  );
  const [origins, , flows, models] = picture.columns;
  expect(origins).toMatchObject([{ title: "lots.csv", about: "file · v2 v1", to: "/runs/7" }]);
  expect(flows).toMatchObject([
    { title: "yield", kind: "schedule", about: "latest · at nightly · 2 runs" },
    { title: "old", kind: "flow", about: "1 runs" },
  ]);
  expect(models).toMatchObject([{ title: "train", about: "run 9" }]);
  expect(picture.edges).toContainEqual(["flow:yield", "model:yield:train:model"]);
});

test("many readers are counted rather than drawn", () => {
  const uses = Array.from({ length: 20 }, (_, index) => use(index + 1, `flow-${index}`, []));
  const flows = lineagePicture(lots, [], [], uses, words).columns[2] ?? [];
  expect(flows).toHaveLength(6);
  expect(flows.at(-1)?.title).toBe("15 more");
});

test("every edge leads from one box to another", () => {
  const uses = Array.from({ length: 20 }, (_, index) => use(index + 1, `flow-${index}`, ["m"]));
  const { columns, edges } = lineagePicture(lots, [version(1, { kind: "unknown" })], [], uses, words);
  const ids = new Set(columns.flat().map(({ id }) => id));
  expect(edges.length).toBeGreaterThan(0);
  for (const [from, to] of edges) expect([ids.has(from), ids.has(to)]).toEqual([true, true]);
});
