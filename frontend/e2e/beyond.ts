import { type Package, packageOf } from "./packages";

const CODE = `"""Values beyond a limit."""

from patchbay_sdk import Context, Operator, Outputs, Table


class Step(Operator):
    """Counts, per column, the values beyond a limit."""

    def run(
        self, context: Context, table: Table, columns: list[str], rule: str, limit: float = 0.0, factor: float = 3.0
    ) -> Outputs:
        import polars as pl

        frame = table.polars()
        counts = []
        for name in columns:
            column = frame[name].cast(pl.Float64)
            border = limit if rule == "fixed" else (column.mean() or 0.0) + factor * (column.std() or 0.0)
            counts.append(int((column > border).sum()))
        result = pl.DataFrame({"column": columns, "beyond": counts}, schema={"column": pl.String, "beyond": pl.Int64})
        return {"table": Table(result)}
`;

const ENGLISH = {
  description: "How many values of each column lie beyond a limit.",
  columns: "Measured columns",
  rule: "Limit by",
  fixed: "a number",
  spread: "the spread",
  limit: "Upper limit",
  factor: "Standard deviations",
  basic: "What is counted",
  why: "Use it before you set alarms.",
};
const CHINESE = {
  description: "统计每列中超过限值的数量。",
  columns: "测量列",
  rule: "限值方式",
  fixed: "固定值",
  spread: "离散程度",
  limit: "上限",
  factor: "标准差倍数",
  basic: "统计内容",
  why: "设置报警之前使用。",
};

interface Named {
  /** Of the package. */
  name: string;
  id: string;
  title: string;
  /** What its example promises: 2 is right. */
  counted?: number;
}

/** A new operator, with a columns picker and a field that depends on another. */
export function beyond({ name, id, title, counted = 2 }: Named): Package {
  return packageOf(name, {
    code: CODE,
    spec: {
      id,
      category: "check",
      icon: "ruler",
      inputs: [{ name: "table", type: "table" }],
      outputs: [
        {
          name: "table",
          type: "table",
          schema: {
            add: [
              { name: "column", type: "string" },
              { name: "beyond", type: "int" },
            ],
          },
        },
      ],
      params: {
        type: "object",
        properties: {
          columns: {
            type: "array",
            items: { type: "string" },
            minItems: 1,
            title: "$t.columns",
            "x-widget": "columns",
            "x-source": { input: "table", kinds: ["number"] },
          },
          rule: {
            enum: ["fixed", "spread"],
            default: "spread",
            title: "$t.rule",
            "x-widget": "segmented",
            "x-enum-titles": { fixed: "$t.fixed", spread: "$t.spread" },
          },
          limit: { type: "number", title: "$t.limit", "x-when": { rule: { const: "fixed" } }, "x-required": true },
          factor: { type: "number", default: 3, title: "$t.factor", "x-when": { rule: { const: "spread" } } },
        },
        required: ["columns"],
      },
      ui: [{ section: "$t.basic", fields: ["columns", "rule", "limit", "factor"] }],
      wizard: { task: "check", why: "$t.why" },
      i18n: { en: { ...ENGLISH, title }, "zh-CN": { ...CHINESE, title } },
      examples: [
        {
          title: "two of three",
          params: { columns: ["width"], rule: "fixed", limit: 2 },
          inputs: { table: { columns: { width: [1, 3, 5] } } },
          expect: { outputs: { table: { columns: { column: ["width"], beyond: [counted] } } } },
        },
      ],
    },
  });
}
