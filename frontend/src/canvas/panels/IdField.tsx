import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { FlowNode } from "../model/document";
import { renamedNode } from "../model/edit";
import { isId } from "../model/ids";
import { openGraph, useFlowStore } from "../store/flowStore";
import styles from "./Inspector.module.css";

/** The id of a step as a field: logs, tasks and the command line call it so. Everything that refers to it follows. */
export function IdField({ node, disabled }: { node: FlowNode; disabled: boolean }) {
  const { t } = useTranslation("canvas");
  const store = useFlowStore();
  const [draft, setDraft] = useState(node.id);
  const isTaken = draft !== node.id && openGraph(store.getState()).nodes.some(({ id }) => id === draft);
  const trouble = isTaken
    ? t("panels.inspector.idTaken", { id: draft })
    : isId(draft)
      ? null
      : t("panels.inspector.idWrong");
  const rename = () => {
    if (trouble !== null) return setDraft(node.id);
    if (draft === node.id) return;
    store.getState().changeGraph("renameId", (graph) => renamedNode(graph, node.id, draft));
    store.getState().select([draft]);
  };
  return (
    <>
      <input
        className={styles.nodeId}
        value={draft}
        // As wide as what it holds.
        size={Math.max(4, draft.length)}
        aria-label={t("panels.inspector.id")}
        title={t("panels.inspector.id")}
        aria-invalid={trouble !== null}
        readOnly={disabled}
        spellCheck={false}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={rename}
        onKeyDown={(event) => {
          if (event.key === "Enter") event.currentTarget.blur();
          if (event.key === "Escape") setDraft(node.id);
        }}
      />
      {trouble !== null && (
        <span className={styles.idTrouble} role="alert">
          {trouble}
        </span>
      )}
    </>
  );
}
