import { expect, test } from "vitest";
import type { OperatorSpec } from "../model/spec";
import type { Offered } from "../store/operators";
import { paletteFamilies, paletteItems } from "./paletteItems";

const offered = (id: string, category: string, en: string, zh: string): Offered => {
  const spec: OperatorSpec = {
    id,
    version: "1.0.0",
    category,
    icon: "table",
    inputs: [],
    outputs: [],
    params: { properties: {} },
    ui: [],
    i18n: { en: { title: en, description: `${en} of rows` }, "zh-CN": { title: zh, description: zh } },
  };
  return { key: `${id}@1.0.0`, spec, state: "installed", notice: null };
};
const control = { title: (kind: string) => `T ${kind}`, description: () => "" };
const ITEMS = paletteItems(
  [offered("made.fill", "clean", "Fill gaps", "缺失值填充"), offered("made.read", "source", "Read file", "读取文件")],
  "en",
  control,
);
const NOTHING_KEPT = { favourites: [], recent: [] };
const titles = (query: string) =>
  paletteFamilies(ITEMS, query, NOTHING_KEPT).flatMap(({ items }) => items.map((i) => i.title));

test("families in the order of a flow, control flow last", () => {
  expect(paletteFamilies(ITEMS, "", NOTHING_KEPT).map(({ family }) => family)).toEqual(["source", "clean", "control"]);
});

test("found in both languages, by id and by description", () => {
  expect(titles("填充")).toEqual(["Fill gaps"]);
  expect(titles("made.read")).toEqual(["Read file"]);
  expect(titles("gaps of rows")).toEqual(["Fill gaps"]);
});

test("favourites and recent ones come first; one that is no longer offered is not", () => {
  const kept = { favourites: ["made.fill", "gone.one"], recent: ["made.fill", "made.read", "#map"] };
  const [favourites, recent] = paletteFamilies(ITEMS, "", kept);
  expect(favourites?.items.map(({ id }) => id)).toEqual(["made.fill"]);
  expect(recent?.items.map(({ id }) => id)).toEqual(["made.read", "#map"]);
});
