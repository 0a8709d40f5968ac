import { expect, test } from "vitest";
import { withTerms } from "./terms";

const RECALL = { term: "Share found (recall)", meaning: "of all that are looked for" };
const AUC = { term: "AUC", meaning: "how often it is right" };

test("a term is found by either of its names, in any case, as a whole word", () => {
  expect(withTerms("Its recall (AUC 0.9) is no recaller.", [AUC, RECALL])).toEqual([
    "Its ",
    { text: "recall", meaning: RECALL.meaning },
    " (",
    { text: "AUC", meaning: AUC.meaning },
    " 0.9) is no recaller.",
  ]);
  expect(withTerms("Two AUCs", [AUC])).toEqual(["Two ", { text: "AUCs", meaning: AUC.meaning }]);
  expect(withTerms("Share found: 7", [RECALL])).toEqual([{ text: "Share found", meaning: RECALL.meaning }, ": 7"]);
});

test("Chinese has no spaces between words", () => {
  expect(withTerms("它的召回率为 0.7", [{ term: "召回率", meaning: "找出的比例" }])).toEqual([
    "它的",
    { text: "召回率", meaning: "找出的比例" },
    "为 0.7",
  ]);
});

test("a meaning is given once, also over several sentences", () => {
  const seen = new Set<string>();
  expect(withTerms("AUC and AUC", [AUC], seen)).toEqual([{ text: "AUC", meaning: AUC.meaning }, " and AUC"]);
  expect(withTerms("AUC again", [AUC], seen)).toEqual(["AUC again"]);
});
