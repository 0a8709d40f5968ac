import { type NodeProps, NodeResizer } from "@xyflow/react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { NOTE_SIZE, withNote } from "../model/notes";
import { useFlow, useFlowStore } from "../store/flowStore";
import { useView } from "../store/viewStore";
import styles from "./NoteNode.module.css";
import { NOTE_HANDLE, type NoteViewNode } from "./viewNodes";

/** A comment on the canvas, or a frame with a heading around nodes. */
export const NoteNode = memo(function NoteNode({ id, data, selected }: NodeProps<NoteViewNode>) {
  const { t } = useTranslation("canvas");
  const store = useFlowStore();
  const show = useView((view) => view.show);
  const isEditing = useView(({ titleEdit }) => titleEdit === id);
  const readOnly = useFlow((state) => state.readOnly);
  const { note } = data;
  const isGroup = note.kind === "group";
  const keep = (text: string) => {
    show({ titleEdit: null });
    if (text !== note.text) store.getState().changeGraph("note", (graph) => withNote(graph, { ...note, text }));
  };
  const edit = () => {
    if (!readOnly) show({ titleEdit: id });
  };
  return (
    <div className={styles.note} data-group={isGroup ? "" : undefined} data-selected={selected ? "" : undefined}>
      <NodeResizer
        isVisible={selected && !readOnly}
        minWidth={NOTE_SIZE.least[0]}
        minHeight={NOTE_SIZE.least[1]}
        lineClassName={styles.edge ?? ""}
        handleClassName={styles.corner ?? ""}
        onResizeEnd={(_event, { x, y, width, height }) => {
          const box = {
            position: [Math.round(x), Math.round(y)],
            size: [Math.round(width), Math.round(height)],
          } as const;
          store.getState().changeGraph("resize", (graph) => withNote(graph, { ...note, ...box }));
        }}
      />
      {isEditing ? (
        <textarea
          className={`nodrag nowheel ${styles.edit}`}
          defaultValue={note.text}
          aria-label={t(isGroup ? "note.group" : "note.comment")}
          ref={(field) => field?.focus()}
          onBlur={(event) => keep(event.currentTarget.value)}
          onKeyDown={(event) => {
            event.stopPropagation();
            if (event.key === "Escape" || (event.key === "Enter" && (isGroup || event.ctrlKey || event.metaKey)))
              keep(event.currentTarget.value);
          }}
        />
      ) : (
        // biome-ignore lint/a11y/noStaticElementInteractions: by keyboard F2 does the same
        <div className={`${NOTE_HANDLE} ${styles.text}`} onDoubleClick={edit}>
          {note.text || <span className={styles.empty}>{t(isGroup ? "note.groupEmpty" : "note.commentEmpty")}</span>}
        </div>
      )}
    </div>
  );
});
