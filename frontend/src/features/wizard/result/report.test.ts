import { expect, test } from "vitest";
import { isRecord } from "../../../forms/spec";
import { chartOf } from "./chartOf";
import { driversOf, readReport } from "./report";

const TEXT = { en: "Found", "zh-CN": "找出" };
const FINDING = { severity: "warn", columns: ["x"], title: TEXT, meaning: TEXT };
const REPORT = {
  kind: "category",
  headline: TEXT,
  sections: [
    {
      id: "drivers",
      title: TEXT,
      sentences: [TEXT],
      findings: [
        { ...FINDING, code: "b", severity: "note" },
        { ...FINDING, code: "a", fix: { label: TEXT, node: { operator: "shape.select@1.0.0", params: {} } } },
        { code: "c", severity: "stop" },
      ],
      charts: [
        { kind: "bar", title: TEXT, x_title: TEXT, y_title: TEXT, series: [{ name: TEXT, x: ["b", "a"], y: [2, 1] }] },
        { kind: "heatmap", title: TEXT, series: [{ name: TEXT, x: ["a"], y: ["b"], values: [[1]] }] },
      ],
      tables: [{ title: TEXT, columns: [TEXT], rows: [[1], [TEXT]] }],
    },
  ],
  terms: [{ term: TEXT, meaning: TEXT }],
};

test("a report is read as operators write it: findings worst first, those without words left out", () => {
  const report = readReport(JSON.stringify(REPORT));
  expect(report?.headline).toEqual(TEXT);
  expect(report?.sections[0]?.findings.map(({ code }) => code)).toEqual(["a", "b"]);
  expect(report?.sections[0]?.findings[0]?.fix?.node?.operator).toBe("shape.select@1.0.0");
  expect(report && driversOf(report)).toEqual(["b", "a"]);
});

test("charts of a report become charts of the product", () => {
  const charts = readReport(JSON.stringify(REPORT))?.sections[0]?.charts.map((chart) => chartOf(chart, () => "word"));
  expect(charts?.map(({ kind, title }) => [kind, title])).toEqual([
    ["bar", "word"],
    ["matrix", "word"],
  ]);
  expect(charts?.[1]?.series[0]).toMatchObject({ x: ["a"], y: ["b"], values: [[1]] });
});

test("names along the axes that are texts are told in the reader's language", () => {
  const series = [{ name: TEXT, x: [TEXT, "a"], y: [TEXT, 1], values: [] }];
  const chart = chartOf({ kind: "bar", title: TEXT, xTitle: TEXT, yTitle: TEXT, series }, (text) =>
    isRecord(text) ? String(text["zh-CN"]) : "",
  );
  expect(chart.series[0]).toMatchObject({ x: ["找出", "a"], y: ["找出", 1] });
});

test.each(["", "no JSON", "[]", '{"sections": 1}'])("%j is no report", (text) => {
  expect(readReport(text)).toBeNull();
});
