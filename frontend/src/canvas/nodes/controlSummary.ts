import type { TFunction } from "i18next";
import type { FlowNode } from "../model/document";

/** What a control-flow node does, in a few words. */
export function controlSummary(node: FlowNode, t: TFunction<"canvas">): string {
  switch (node.kind) {
    case "branch":
      return (node.cases ?? []).map(({ port }) => port).join(" · ");
    case "map":
      return t("summaries.map", { over: node.over ?? "", count: node.body?.nodes.length ?? 0 });
    case "loop":
      return t("summaries.loop", { times: node.times ?? 1, count: node.body?.nodes.length ?? 0 });
    case "flow":
      return t("summaries.flow", { count: node.body?.nodes.length ?? 0 });
    case "approval":
      return t("summaries.approval");
    default:
      return "";
  }
}
