import { type Package, packageOf, writePackage } from "./packages";
import type { Platform } from "./platform";
import type { Client } from "./test";

const CODE = `"""Waiting for a file."""

import time

from patchbay_sdk import Context, Operator, Outputs, Table


class Step(Operator):
    """Hands three rows on, as soon as a file is there."""

    def run(self, context: Context, table: Table | None = None, until: str = "") -> Outputs:
        import polars as pl

        context.log("Waiting for " + (until or "nothing"))
        while until and not context.data_path(until, must_exist=False).exists():
            context.progress(0.5, "Waiting")
            context.check_cancelled()
            time.sleep(0.2)
        return {"table": Table(pl.DataFrame({"lot": ["A1", "A2", "A3"]}))}
`;

/** A step that takes until the story lets it end: by writing the file that its param names. */
export const WAIT: Package = packageOf("story-wait", {
  code: CODE,
  spec: {
    id: "story.wait",
    category: "source",
    icon: "clock",
    inputs: [{ name: "table", type: "table", required: false }],
    outputs: [{ name: "table", type: "table", schema: { add: [{ name: "lot", type: "string" }] } }],
    params: {
      type: "object",
      properties: { until: { type: "string", default: "", title: "$t.until" } },
    },
    ui: [{ section: "$t.basic", fields: ["until"] }],
    i18n: {
      en: { title: "Wait for a file", description: "Ends when a file is there.", until: "File", basic: "Basics" },
      "zh-CN": { title: "等待文件", description: "文件出现后结束。", until: "文件", basic: "基本" },
    },
    runs: { engines: ["local"], cacheable: false },
    examples: [{ title: "nothing to wait for", params: {}, inputs: {}, expect: { outputs: { table: { rows: 3 } } } }],
  },
});

/** A flow whose step "Slow" ends when `letGo` is called, in a project; its page, and what the server has of it. */
export async function openPatient(platform: Platform, admin: Client, project: string) {
  const folder = await writePackage(platform, "story-wait", WAIT);
  await platform.command("operators", "publish", folder, "--approve");
  const gate = `gate-${project}`;
  const step = (id: string, title: string, row: number, params = {}) => {
    return { id, title, operator: "story.wait@1.0.0", params, position: [0, row * 120] };
  };
  const flow = {
    format: 1,
    name: "patient",
    nodes: [step("first", "First", 0), step("slow", "Slow", 1, { until: gate }), step("last", "Last", 2)],
    edges: [
      { from: "first.table", to: "slow.table" },
      { from: "slow.table", to: "last.table" },
    ],
  };
  await admin.send("POST", `projects/${project}/flows`, { document: flow });
  return {
    address: `/p/${project}/flows/patient`,
    letGo: () => platform.file(gate, ""),
    document: () => admin.get(`projects/${project}/flows/patient`),
  };
}
