import { useTranslation } from "react-i18next";
import { usePlaces } from "../panels/usePlaces";
import { openGraph, useFlow } from "../store/flowStore";
import { problemsByNode } from "../store/problems";

/** Tells people who do not see the canvas what is selected. */
export function Announcer() {
  const { t } = useTranslation("canvas");
  const { titleOf } = usePlaces();
  const node = useFlow((state) => {
    if (state.selection.size !== 1) return null;
    return openGraph(state).nodes.find(({ id }) => state.selection.has(id)) ?? null;
  });
  const count = useFlow(({ selection }) => selection.size);
  const problems = useFlow(({ check, bodyPath }) =>
    check && node ? (problemsByNode(check).get([...bodyPath, node.id].join("/"))?.length ?? 0) : 0,
  );
  const text = node
    ? [titleOf(node), node.id, problems > 0 && t("announce.problems", { count: problems })].filter(Boolean).join(", ")
    : count > 1
      ? t("announce.many", { count })
      : "";
  return (
    <div className="visually-hidden" role="status" aria-live="polite">
      {text}
    </div>
  );
}
