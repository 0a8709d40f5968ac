import { ReactFlowProvider, useReactFlow } from "@xyflow/react";
import { Button } from "antd";
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Loading } from "../../../lib/Loading";
import { messageOf } from "../../../lib/messageOf";
import { Teach } from "../../../lib/Teach";
import { CommandProvider } from "../../commands/useCommands";
import type { FlowDocument } from "../../model/document";
import { diff } from "../../saving/diff";
import { CatalogueProvider, useSpecs } from "../../store/catalogue";
import { FlowStoreProvider, makeFlowStore, useFlow, useFlowStore } from "../../store/flowStore";
import { makeViewStore, useViewStore, ViewStoreProvider } from "../../store/viewStore";
import { BodyPath } from "../../view/BodyPath";
import { Canvas } from "../../view/Canvas";
import { CanvasFrame } from "../../view/CanvasFrame";
import { type CanvasParts, CanvasProvider } from "../../view/canvasContext";
import { MapPanel } from "../../view/MapPanel";
import { makeActions } from "../../view/makeActions";
import { Slot, SlotProvider } from "../../view/Slot";
import { ZoomBar } from "../../view/ZoomBar";
import { DiffMarksProvider, marksOf } from "./diffMarks";
import { RevisionBar } from "./RevisionBar";
import { RevisionChanges } from "./RevisionChanges";
import styles from "./RevisionView.module.css";
import { union } from "./union";
import { useRevision, useRevisionAddress } from "./useRevision";

/** An old revision over the editor, which stays as it is below: on a canvas of its own, with what differs in colour. */
export function RevisionView() {
  const { revision } = useRevisionAddress();
  return revision === null ? null : <Shown key={revision} revision={revision} />;
}

function Shown({ revision }: { revision: number }) {
  const { t } = useTranslation("canvas");
  const { against, close } = useRevisionAddress();
  const project = useFlow((flow) => flow.project);
  const name = useFlow((flow) => flow.name);
  const current = useFlow((flow) => flow.document);
  const shown = useRevision(project, name, revision);
  const previous = useRevision(project, name, revision > 1 ? revision - 1 : null);
  const layer = useRef<HTMLDivElement>(null);
  useEffect(() => layer.current?.focus(), []);

  const other = against === "now" ? current : previous.document;
  const error = shown.error ?? previous.error;
  return (
    <div
      ref={layer}
      className={styles.layer}
      role="dialog"
      aria-modal="true"
      aria-label={t("panels.revisions.number", { number: revision })}
      tabIndex={-1}
      onKeyDown={(event) => event.key === "Escape" && close()}
    >
      {error && (
        <Teach
          title={messageOf(error)}
          action={
            <Button type="primary" onClick={close}>
              {t("panels.revisions.leave")}
            </Button>
          }
        />
      )}
      {shown.document && other ? (
        <Compared
          key={against}
          revision={revision}
          document={shown.document}
          savedAt={shown.created_at}
          old={against === "now" ? shown.document : other}
          now={against === "now" ? other : shown.document}
        />
      ) : (
        !error && <Loading />
      )}
    </div>
  );
}

interface ComparedProps {
  revision: number;
  /** Of the revision itself: what going back to it brings back. */
  document: FlowDocument;
  savedAt: number | null;
  old: FlowDocument;
  now: FlowDocument;
}

function Compared({ revision, document, savedAt, old, now }: ComparedProps) {
  const project = useFlow((flow) => flow.project);
  const changes = useMemo(() => diff(old, now), [old, now]);
  const marks = useMemo(() => marksOf(changes), [changes]);
  const [store] = useState(() =>
    makeFlowStore({ project, document: union(old, now), version: revision, readOnly: true }),
  );
  const [view] = useState(makeViewStore);
  const editor = useFlowStore();
  return (
    <DiffMarksProvider value={marks}>
      <FlowStoreProvider value={store}>
        <ViewStoreProvider value={view}>
          <CatalogueProvider graph={store.getState().document}>
            <ReactFlowProvider>
              <SlotProvider>
                <Preview>
                  <Slot name="toolbar">
                    <RevisionBar revision={revision} document={document} savedAt={savedAt} editor={editor} />
                  </Slot>
                  <Slot name="inspector">
                    <RevisionChanges changes={changes} old={old} />
                  </Slot>
                </Preview>
              </SlotProvider>
            </ReactFlowProvider>
          </CatalogueProvider>
        </ViewStoreProvider>
      </FlowStoreProvider>
    </DiffMarksProvider>
  );
}

function Preview({ children }: { children: ReactNode }) {
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
  return (
    <CanvasProvider value={actions}>
      <CommandProvider>
        <CanvasFrame>
          <Canvas parts={parts} remembers={false} />
        </CanvasFrame>
        <ZoomBar />
        <MapPanel />
        <BodyPath />
        {children}
      </CommandProvider>
    </CanvasProvider>
  );
}
