import { Suspense, useEffect } from "react";
import { useFlow } from "../store/flowStore";
import { useView } from "../store/viewStore";
import { useCanvas } from "../view/canvasContext";
import { Slot } from "../view/Slot";
import { FlowBar } from "./FlowBar";
import { Inspector } from "./Inspector";
import { Palette } from "./Palette";
import { ProblemsDrawer } from "./ProblemsDrawer";
import { usePanels } from "./panelStore";
import { RevisionView } from "./revisions/RevisionView";

/** Everything of the panels that floats over the canvas. */
export function Panels() {
  const canvas = useCanvas();
  const isPaletteOpen = useView((view) => view.isPaletteOpen);
  const readOnly = useFlow((flow) => flow.readOnly);
  const selection = useFlow((flow) => flow.selection);
  const close = usePanels((panels) => panels.close);
  // What was asked for of the flow gives way to what is selected.
  useEffect(() => {
    if (selection.size > 0) close();
  }, [selection, close]);
  useEffect(() => close, [close]);
  return (
    <>
      {isPaletteOpen && !readOnly && (
        <Slot name="palette">
          <Palette onAdd={(step) => void canvas.add(step, { after: [...selection] })} />
        </Slot>
      )}
      <Slot name="toolbar">
        <FlowBar />
      </Slot>
      <Slot name="inspector">
        {/* Texts of a form are loaded with the first form: the canvas does not wait for them. */}
        <Suspense>
          <Inspector />
        </Suspense>
      </Slot>
      <ProblemsDrawer />
      <RevisionView />
    </>
  );
}
