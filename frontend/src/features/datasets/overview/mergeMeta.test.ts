import { expect, test } from "vitest";
import { isSameMeta, META_FIELDS, mergeMeta } from "./mergeMeta";

const base = { title: "Lots", owner: "eva", tags: ["fab 3"] };

test("changes of different fields go together", () => {
  const merged = mergeMeta(base, { ...base, title: "Lots of fab 3" }, { ...base, owner: "eric", licence: "internal" });
  expect(merged).toEqual({
    meta: { title: "Lots of fab 3", owner: "eric", tags: ["fab 3"], licence: "internal" },
    conflicts: [],
  });
});

test("a field that both changed is a question, and theirs stands until it is answered", () => {
  const { meta, conflicts } = mergeMeta(base, { ...base, owner: "sam" }, { ...base, owner: "eric" });
  expect(conflicts).toEqual(["owner"]);
  expect(meta.owner).toBe("eric");
});

test("the same change twice is none", () => {
  expect(mergeMeta(base, { ...base, tags: ["a"] }, { ...base, tags: ["a"] }).conflicts).toEqual([]);
});

test("what I emptied stays empty, what they emptied too", () => {
  const merged = mergeMeta(base, { ...base, title: "" }, { title: "Lots", tags: ["fab 3"] });
  expect(merged).toEqual({ meta: { tags: ["fab 3"] }, conflicts: [] });
});

test("empty and missing are the same", () => {
  expect(isSameMeta({ title: "a", owner: "" }, { title: "a ", tags: [] })).toBe(true);
  expect(META_FIELDS).toContain("process_step");
});
