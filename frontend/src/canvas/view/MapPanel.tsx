import { MiniMap } from "@xyflow/react";
import { categoryColour } from "../../lib/category";
import type { ViewNode } from "../nodes/viewNodes";
import { useView } from "../store/viewStore";
import styles from "./MapPanel.module.css";
import { Slot } from "./Slot";

/** The whole graph in small, at the lower right. */
export function MapPanel() {
  const isOpen = useView(({ isMapOpen }) => isMapOpen);
  if (!isOpen) return null;
  return (
    <Slot name="minimap">
      <MiniMap<ViewNode>
        className={styles.map ?? ""}
        style={{ width: 164, height: 104 }}
        nodeColor={colour}
        nodeStrokeWidth={0}
        nodeBorderRadius={8}
        bgColor="var(--raised)"
        maskColor="var(--map-mask)"
        pannable
        zoomable
        ariaLabel={null}
      />
    </Slot>
  );
}

function colour(node: ViewNode): string {
  if (node.type === "note") return "var(--line)";
  if (node.type === "end") return "var(--line-strong)";
  return categoryColour(node.data.spec?.category ?? node.data.node.kind ?? "code");
}
