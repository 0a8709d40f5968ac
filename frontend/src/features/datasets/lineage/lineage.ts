import type { Schemas } from "../../../api/client";
import type { ListedVersion } from "../dataset";
import { originOf } from "../versions/source";

/** A box of the picture. `to`: an address within the project; null: it leads nowhere. */
export interface Box {
  id: string;
  kind: "file" | "catalogue" | "flow" | "schedule" | "unknown" | "dataset" | "model" | "more";
  title: string;
  about: string;
  to: string | null;
}

export interface Picture {
  /** From left to right: where it comes from, itself, who reads it, what was made of it. */
  columns: Box[][];
  /** Ids of the boxes that hang together. */
  edges: [string, string][];
}

export interface Words {
  versions: (numbers: readonly number[]) => string;
  file: string;
  catalogue: string;
  unknown: string;
  reads: (number: number | null) => string;
  schedule: string;
  ran: (runs: number) => string;
  model: (run: number) => string;
  more: (count: number) => string;
}

/** Boxes of one column; what is beyond them is counted. */
const MOST = 6;

/** The surroundings of a dataset. */
export function lineagePicture(
  dataset: { name: string; title: string; about: string },
  versions: readonly ListedVersion[],
  readers: readonly Schemas["Reader"][],
  uses: readonly Schemas["Use"][],
  words: Words,
): Picture {
  const self: Box = { id: "dataset", kind: "dataset", title: dataset.title, about: dataset.about, to: null };
  const origins = originBoxes(versions, words);
  const flows = flowBoxes(readers, uses, words);
  const models = modelBoxes(uses, words);
  const shown = [capped(origins, words), [self], capped(flows, words), capped(models, words)];
  const [shownOrigins = [], , shownFlows = [], shownModels = []] = shown;
  const flowIds = new Set(shownFlows.map(({ id }) => id));
  return {
    columns: shown,
    edges: [
      ...shownOrigins.map(({ id }): [string, string] => [id, self.id]),
      ...shownFlows.map(({ id }): [string, string] => [self.id, id]),
      ...shownModels.map((box): [string, string] => {
        const from = models.find(({ id }) => id === box.id)?.flow;
        return [from !== undefined && flowIds.has(from) ? from : `more:${flows[0]?.kind ?? ""}`, box.id];
      }),
    ].filter(([from, to]) => hasBox(shown, from) && hasBox(shown, to)),
  };
}

function originBoxes(versions: readonly ListedVersion[], words: Words): Box[] {
  const found = new Map<string, { box: Omit<Box, "about">; numbers: number[]; what: string }>();
  for (const version of versions) {
    const origin = originOf(version);
    const id = `origin:${"file" in origin ? `${origin.kind}:${origin.file}` : "flow" in origin ? `flow:${origin.flow}` : ""}`;
    const [kind, title, to, what]: [Box["kind"], string, string | null, string] =
      origin.kind === "run"
        ? ["flow", origin.flow || words.unknown, origin.run === null ? null : `/runs/${origin.run}`, ""]
        : origin.kind === "upload"
          ? ["file", origin.file, version.run_id === null ? null : `/runs/${version.run_id}`, words.file]
          : origin.kind === "catalogue"
            ? ["catalogue", origin.entry, version.run_id === null ? null : `/runs/${version.run_id}`, words.catalogue]
            : ["unknown", words.unknown, null, ""];
    const known = found.get(id);
    if (known) known.numbers.push(version.number);
    else found.set(id, { box: { id, kind, title, to }, numbers: [version.number], what });
  }
  return [...found.values()].map(({ box, numbers, what }) => ({
    ...box,
    about: [what, words.versions(numbers)].filter(Boolean).join(" · "),
  }));
}

/** Flows that read it now, and those whose runs once did. */
function flowBoxes(readers: readonly Schemas["Reader"][], uses: readonly Schemas["Use"][], words: Words): Box[] {
  const names = [...new Set([...readers.map(({ flow }) => flow), ...uses.map(({ flow }) => flow)])];
  return names.map((flow) => {
    const own = readers.filter((reader) => reader.flow === flow);
    const first = own.find(({ schedule }) => schedule === null) ?? own[0];
    const schedules = [...new Set(own.flatMap(({ schedule }) => (schedule === null ? [] : [schedule])))];
    const runs = uses.filter((use) => use.flow === flow).length;
    return {
      id: `flow:${flow}`,
      kind: schedules.length > 0 ? "schedule" : "flow",
      title: flow,
      about: [
        first && words.reads(first.number),
        schedules.length > 0 && `${words.schedule} ${schedules.join(", ")}`,
        runs > 0 && words.ran(runs),
      ]
        .filter(Boolean)
        .join(" · "),
      to: `/flows/${encodeURIComponent(flow)}`,
    };
  });
}

/** The newest model of every flow and node. */
function modelBoxes(uses: readonly Schemas["Use"][], words: Words): (Box & { flow: string })[] {
  const found = new Map<string, Box & { flow: string }>();
  for (const { run, flow, models } of uses) {
    for (const { node, port } of models) {
      const id = `model:${flow}:${node}:${port}`;
      if (found.has(id)) continue;
      found.set(id, {
        id,
        kind: "model",
        title: node,
        about: words.model(run),
        to: `/runs/${run}`,
        flow: `flow:${flow}`,
      });
    }
  }
  return [...found.values()];
}

function capped(boxes: readonly Box[], words: Words): Box[] {
  if (boxes.length <= MOST) return [...boxes];
  const kind = boxes[0]?.kind ?? "more";
  const rest = boxes.length - (MOST - 1);
  return [
    ...boxes.slice(0, MOST - 1),
    { id: `more:${kind}`, kind: "more", title: words.more(rest), about: "", to: null },
  ];
}

function hasBox(columns: readonly (readonly Box[])[], id: string): boolean {
  return columns.some((column) => column.some((box) => box.id === id));
}
