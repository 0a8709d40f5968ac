import { ReactFlowProvider, useReactFlow } from "@xyflow/react";
import { type ReactNode, useMemo, useRef, useState } from "react";
import { CommandPalette } from "../commands/CommandPalette";
import { ContextMenu } from "../commands/ContextMenu";
import { HelpSheet } from "../commands/HelpSheet";
import { CommandProvider } from "../commands/useCommands";
import type { FlowDocument } from "../model/document";
import { Panels } from "../panels/Panels";
import { PublishWizard } from "../panels/publish/PublishWizard";
import { FlowRunProvider } from "../run/runState";
import { SavingProvider } from "../saving/SavingProvider";
import { CatalogueProvider, useSpecs } from "../store/catalogue";
import { FlowStoreProvider, makeFlowStore, useFlow, useFlowStore } from "../store/flowStore";
import { useStaleNodes } from "../store/stale";
import { makeViewStore, useViewStore, ViewStoreProvider } from "../store/viewStore";
import { Announcer } from "./Announcer";
import { BodyPath } from "./BodyPath";
import { Canvas } from "./Canvas";
import { CanvasFrame } from "./CanvasFrame";
import { ConnectPicker } from "./ConnectPicker";
import { type CanvasParts, CanvasProvider } from "./canvasContext";
import { EmptyHint } from "./EmptyHint";
import { MapPanel } from "./MapPanel";
import { makeActions } from "./makeActions";
import { QuickAdd } from "./QuickAdd";
import { RunPlaces } from "./RunPlaces";
import { SlotProvider } from "./Slot";
import { ToolBar } from "./ToolBar";
import { ZoomBar } from "./ZoomBar";

interface FlowEditorProps {
  project: string;
  document: FlowDocument;
  version: number;
  readOnly: boolean;
}

/** An open flow: its stores, the canvas, and everything that floats over it. */
export function FlowEditor({ project, document, version, readOnly }: FlowEditorProps) {
  const [store] = useState(() => makeFlowStore({ project, document, version, readOnly }));
  const [view] = useState(makeViewStore);
  return (
    <FlowStoreProvider value={store}>
      <ViewStoreProvider value={view}>
        <FlowRunProvider project={project} flow={document.name}>
          <OperatorsOfFlow>
            <SavingProvider>
              <ReactFlowProvider>
                <SlotProvider>
                  <Editor />
                </SlotProvider>
              </ReactFlowProvider>
            </SavingProvider>
          </OperatorsOfFlow>
        </FlowRunProvider>
      </ViewStoreProvider>
    </FlowStoreProvider>
  );
}

function OperatorsOfFlow({ children }: { children: ReactNode }) {
  return <CatalogueProvider graph={useFlow(({ document }) => document)}>{children}</CatalogueProvider>;
}

function Editor() {
  const store = useFlowStore();
  const view = useViewStore();
  const flow = useReactFlow();
  const specs = useRef(useSpecs());
  specs.current = useSpecs();
  const [parts] = useState<CanvasParts>({ element: null, pointer: null });
  const actions = useMemo(
    () => makeActions({ store, view, flow, specs: () => specs.current, parts }),
    [store, view, flow, parts],
  );
  useStaleNodes();
  return (
    <CanvasProvider value={actions}>
      <CommandProvider>
        <CanvasFrame>
          <Canvas parts={parts} />
          <EmptyHint />
        </CanvasFrame>
        <ToolBar />
        <ZoomBar />
        <MapPanel />
        <BodyPath />
        <RunPlaces />
        <Panels />
        <QuickAdd />
        <ConnectPicker />
        <ContextMenu />
        <CommandPalette />
        <HelpSheet />
        <PublishWizard />
        <Announcer />
      </CommandProvider>
    </CanvasProvider>
  );
}
