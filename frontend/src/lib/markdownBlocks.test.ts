import { expect, test } from "vitest";
import { parse, spans } from "./markdownBlocks";

test("a report of the quality gate", () => {
  const text =
    "# Data quality\n\n569 rows. **1 problem found.**\n\n| check | problems |\n| --- | ---: |\n| rows | 0 |\n\n- one\n- two\n";
  expect(parse(text)).toEqual([
    { kind: "heading", level: 1, text: "Data quality" },
    { kind: "paragraph", text: "569 rows. **1 problem found.**" },
    { kind: "table", head: ["check", "problems"], right: [false, true], rows: [["rows", "0"]] },
    { kind: "list", isOrdered: false, items: ["one", "two"] },
  ]);
});

test("code keeps its lines, also where its end is missing", () => {
  expect(parse("```py\na = 1\n\nb")).toEqual([{ kind: "code", text: "a = 1\n\nb" }]);
});

test("looks within a line", () => {
  expect(spans("a **b** `c*d*` [e](https://x.y/z)")).toEqual([
    { look: "plain", text: "a " },
    { look: "strong", text: "b" },
    { look: "plain", text: " " },
    { look: "code", text: "c*d*" },
    { look: "plain", text: " " },
    { look: "link", text: "e", to: "https://x.y/z" },
  ]);
});

test("a link that would run a script stays text", () => {
  expect(spans("[x](javascript:alert(1))").every(({ look }) => look === "plain")).toBe(true);
});
