import { useEffect, useMemo, useRef } from "react";
import { useMayHere } from "../../api/project";
import { portNamed, portsOf } from "../model/ports";
import { usePortTitle } from "../nodes/usePortTitle";
import { nodeAt } from "../panels/places";
import { usePlaces } from "../panels/usePlaces";
import { RunControls } from "../run/RunControls";
import { RunDrawer } from "../run/RunDrawer";
import { useStartRun } from "../run/useStartRun";
import { useSave } from "../saving/SavingProvider";
import { useSpecs } from "../store/catalogue";
import { type FlowState, useFlow, useFlowStore } from "../store/flowStore";
import { useView } from "../store/viewStore";
import { Slot } from "./Slot";

/** The run button at the upper right, and the drawer with what a run made. */
export function RunPlaces() {
  const store = useFlowStore();
  const project = useFlow((state) => state.project);
  const flow = useFlow(({ name }) => name);
  const document = useFlow((state) => state.document);
  const problems = useFlow(({ check }) => check?.problems ?? null);
  const isChecked = useFlow(({ check, document: now }) => check?.document === now);
  const selection = useFlow((state) => state.selection);
  const bodyPath = useFlow((state) => state.bodyPath);
  const save = useSave();
  const selected = useMemo(() => selectedNodes({ document, selection, bodyPath }), [document, selection, bodyPath]);
  const show = useView((view) => view.show);
  const { start } = useStartRun({ project, flow, save });
  const startNow = useRef(start);
  startNow.current = start;
  const mayRun = useMayHere("run.start");
  useEffect(() => {
    if (!mayRun || selected.length === 0) return;
    show({ runPart: (mode) => void startNow.current({ mode, nodes: selected }) });
    return () => show({ runPart: null });
  }, [show, mayRun, selected]);
  return (
    <>
      <Slot name="run">
        <RunControls
          project={project}
          flow={flow}
          params={document.params ?? NO_PARAMS}
          edges={document.edges}
          selected={selected}
          problems={problems}
          isChecked={isChecked}
          isEmpty={document.nodes.length === 0}
          save={save}
          onProblem={({ node, field }) => node && store.getState().setFocus({ node, field })}
        />
      </Slot>
      <DataDrawer />
    </>
  );
}

const NO_PARAMS = {};

/** Runs take nodes of the outermost document: within a body, the node around it. */
function selectedNodes({
  document,
  selection,
  bodyPath,
}: Pick<FlowState, "document" | "selection" | "bodyPath">): string[] {
  const [outer] = bodyPath;
  if (outer !== undefined) return [outer];
  return document.nodes.map(({ id }) => id).filter((id) => selection.has(id));
}

function DataDrawer() {
  const portTitle = usePortTitle();
  const drawer = useView((view) => view.drawer);
  const show = useView((view) => view.show);
  const project = useFlow((state) => state.project);
  const flow = useFlow(({ name }) => name);
  const document = useFlow((state) => state.document);
  const selection = useFlow((state) => state.selection);
  const bodyPath = useFlow((state) => state.bodyPath);
  const stale = useFlow((state) => state.stale);
  const specs = useSpecs();
  const places = usePlaces();
  const save = useSave();
  const { start } = useStartRun({ project, flow, save });
  if (!drawer || drawer.tab === "problems") return null;
  const chosen = [...selection].map((id) => [...bodyPath, id].join("/")).find((path) => nodeAt(document, path));
  const path = drawer.node ?? chosen;
  const node = path === undefined ? undefined : nodeAt(document, path);
  const outer = path?.split("/")[0];
  return (
    <Slot name="drawer">
      <RunDrawer
        project={project}
        node={path !== undefined && node ? { path, title: places.titleOf(node) } : null}
        port={drawer.node === path ? drawer.port : null}
        portTitle={(side, name) => {
          const spec = specs.get(node?.operator ?? "");
          const port = node && portNamed(portsOf(node, specs), side === "in" ? "inputs" : "outputs", name);
          return portTitle(spec, port ?? { name });
        }}
        isStale={path !== undefined && stale.has(path)}
        onRunTo={() => outer && void start({ mode: "to", nodes: [outer] })}
        onClose={() => show({ drawer: null })}
      />
    </Slot>
  );
}
