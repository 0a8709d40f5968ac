import { useTranslation } from "react-i18next";
import { withNode } from "../model/edit";
import { useFlowStore } from "../store/flowStore";
import { useView } from "../store/viewStore";
import styles from "./StepNode.module.css";

/** The title of a node as a field: Enter keeps it, Escape leaves it; empty gives back the operator's own. */
export function TitleEdit({ id, title }: { id: string; title: string }) {
  const { t } = useTranslation("canvas");
  const store = useFlowStore();
  const show = useView((view) => view.show);
  const keep = (text: string) => {
    show({ titleEdit: null });
    if (text === title) return;
    store
      .getState()
      .changeGraph("rename", (graph) =>
        withNode(graph, id, ({ title: _old, ...node }) => (text.trim() ? { ...node, title: text.trim() } : node)),
      );
  };
  return (
    <input
      className={`nodrag nopan ${styles.edit}`}
      defaultValue={title}
      aria-label={t("nodeTitle")}
      ref={(input) => input?.select()}
      onBlur={(event) => keep(event.currentTarget.value)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Enter") keep(event.currentTarget.value);
        if (event.key === "Escape") show({ titleEdit: null });
      }}
    />
  );
}
