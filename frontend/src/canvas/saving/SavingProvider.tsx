import { useQueryClient } from "@tanstack/react-query";
import { App } from "antd";
import { createContext, type ReactNode, useContext, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useStore } from "zustand";
import { useSession } from "../../api/session";
import { portNamed, portsOf } from "../model/ports";
import type { Specs } from "../model/spec";
import { useSpecs } from "../store/catalogue";
import { type FlowStore, useFlowStore } from "../store/flowStore";
import type { FlowDiff } from "./diff";
import { makeDrafts } from "./drafts";
import { askServer, startLiveCheck } from "./liveCheck";
import { makeSaver } from "./saver";
import type { Saver, SavingState } from "./saving";
import { serverIo } from "./serverIo";
import { watchPage } from "./watchPage";

const Context = createContext<Saver | null>(null);

/** Around an open flow: saves and checks what is edited. */
export function SavingProvider({ children }: { children: ReactNode }) {
  const store = useFlowStore();
  const user = useSession().data?.name ?? "";
  const specs = useRef<Specs>(new Map());
  specs.current = useSpecs();
  const news = useNews();
  const newsNow = useRef(news);
  newsNow.current = news;
  const [saver, setSaver] = useState<Saver | null>(null);

  useEffect(() => {
    const { project, name } = store.getState();
    const channel = new BroadcastChannel(`patchbay-flow/${project}/${name}`);
    const made = makeSaver({
      store,
      io: serverIo(project, name),
      drafts: makeDrafts(user, project, name),
      takesMany: (node, port) => takesMany(store, specs.current, node, port),
      news: {
        onTaken: (changes, version) => newsNow.current.onTaken(changes, version),
        onRestored: () => newsNow.current.onRestored(),
        onSaved(version) {
          newsNow.current.onSaved();
          channel.postMessage(version);
        },
      },
    });
    const stopWatching = watchPage(made, channel);
    const stopChecking = startLiveCheck(store, askServer(project));
    setSaver(made);
    void made.restore();
    return () => {
      stopChecking();
      stopWatching();
      channel.onmessage = null;
      void made.close().finally(() => channel.close());
    };
  }, [store, user]);

  return <Context value={saver}>{children}</Context>;
}

function takesMany(store: FlowStore, specs: Specs, node: string, port: string): boolean {
  const found = store.getState().document.nodes.find(({ id }) => id === node);
  return found ? (portNamed(portsOf(found, specs), "inputs", port)?.many ?? false) : false;
}

function useNews() {
  const { t } = useTranslation("canvas");
  const { message } = App.useApp();
  const client = useQueryClient();
  return {
    onTaken(changes: FlowDiff, version: number) {
      const count = changes.added.length + changes.removed.length + changes.changes.length + changes.edgesAdded.length;
      void message.info(t("panels.saving.taken", { count: Math.max(1, count), version }), 6);
    },
    onRestored: () => void message.info(t("panels.saving.restored"), 6),
    onSaved() {
      // Lists and the flow itself are read again when they are looked at next; what is open is newer than they are.
      const queryKey = ["get", "/api/v1/projects/{project_name}/flows"];
      void client.invalidateQueries({ queryKey });
      const filters = { predicate: ({ queryKey: [, path] }: { queryKey: readonly unknown[] }) => isFlowPath(path) };
      void client.invalidateQueries({ ...filters, refetchType: "none" });
    },
  };
}

function isFlowPath(path: unknown): boolean {
  return typeof path === "string" && path.startsWith("/api/v1/projects/{project_name}/flows/{flow}");
}

export function useSaver(): Saver | null {
  return useContext(Context);
}

const AT_FIRST: SavingState = { status: "saved", error: null, conflict: null, isKept: true };
const NOT_YET = { getState: () => AT_FIRST, getInitialState: () => AT_FIRST, subscribe: () => () => undefined };

export function useSaving<T>(select: (state: SavingState) => T): T {
  return useStore(useContext(Context) ?? NOT_YET, select);
}

/** Saves what was edited: gives the number of the revision that has it, null when it could not be saved. */
export function useSave(): () => Promise<number | null> {
  const saver = useSaver();
  return async () => (saver ? saver.save() : null);
}
