import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef } from "react";
import { useSave } from "../saving/SavingProvider";
import { useSpecs } from "../store/catalogue";
import { useFlowStore } from "../store/flowStore";
import { useViewStore } from "../store/viewStore";
import { useCanvas } from "../view/canvasContext";
import type { CommandContext } from "./command";
import { isInFront, isOnCanvas, isTyping, keysOf } from "./keys";
import { nextRegion } from "./regions";
import { commandNamed, commandOf } from "./registry";

const Context = createContext<CommandContext | null>(null);

/** Around everything of an open flow: commands, and the keys of the whole page. */
export function CommandProvider({ children }: { children: ReactNode }) {
  const store = useFlowStore();
  const view = useViewStore();
  const canvas = useCanvas();
  const specs = useSpecs();
  const save = useSave();
  const saveNow = useRef(save);
  saveNow.current = save;
  const wasOpen = useRef(false);
  const context = useMemo<CommandContext>(
    () => ({ store, view, canvas, specs, nextRegion, run: pressRun, save: () => void saveNow.current() }),
    [store, view, canvas, specs],
  );

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      const { target } = event;
      if (isInFront(target)) return;
      const keys = keysOf(event);
      // From a field of a panel Escape leads back to the canvas; a list that was open there is closed first.
      if (keys === "Escape" && target instanceof Element && target.closest("[data-place]")) {
        if (!wasOpen.current) canvas.focus();
        return;
      }
      // While writing only what no field knows by itself: saving, running, going elsewhere.
      if (isTyping(target) && !KNOWN_WHILE_TYPING.has(keys)) return;
      const isThere = isOnCanvas(target);
      // From nowhere in particular the Tab key goes through the page as ever, unless the pointer is on the canvas.
      if (keys === "Tab" && target === document.body && !document.querySelector("[data-canvas]:hover")) return;
      const command = commandOf(keys, context, isThere);
      if (!command) return;
      event.preventDefault();
      command.run(context);
    };
    const onCapture = ({ target }: KeyboardEvent) => {
      wasOpen.current = target instanceof Element && target.matches('[aria-expanded="true"]');
    };
    document.addEventListener("keydown", onCapture, true);
    document.addEventListener("keydown", onKeyDown);
    return () => {
      document.removeEventListener("keydown", onCapture, true);
      document.removeEventListener("keydown", onKeyDown);
    };
  }, [context, canvas]);

  useEffect(() => listenToClipboard(context), [context]);

  return <Context value={context}>{children}</Context>;
}

const KNOWN_WHILE_TYPING = new Set(["Mod+S", "Mod+K", "F6", "Shift+F6", "F9", "Mod+Shift+Enter"]);

function listenToClipboard({ canvas, store }: CommandContext): () => void {
  const isMine = (event: ClipboardEvent) =>
    !isTyping(event.target) &&
    !isInFront(event.target) &&
    isOnCanvas(event.target) &&
    window.getSelection()?.isCollapsed !== false;
  const onCopy = (event: ClipboardEvent) => {
    const text = isMine(event) ? canvas.clip() : null;
    if (text === null) return;
    event.clipboardData?.setData("text/plain", text);
    event.preventDefault();
    if (event.type === "cut" && !store.getState().readOnly) canvas.remove();
  };
  const onPaste = (event: ClipboardEvent) => {
    if (isMine(event) && canvas.pasteText(event.clipboardData?.getData("text/plain") ?? "")) event.preventDefault();
  };
  document.addEventListener("copy", onCopy);
  document.addEventListener("cut", onCopy);
  document.addEventListener("paste", onPaste);
  return () => {
    document.removeEventListener("copy", onCopy);
    document.removeEventListener("cut", onCopy);
    document.removeEventListener("paste", onPaste);
  };
}

function pressRun() {
  document.querySelector<HTMLButtonElement>('[data-place="run"] .ant-btn-primary')?.click();
}

export function useCommandContext(): CommandContext {
  const context = useContext(Context);
  if (!context) throw new Error("No flow is open here.");
  return context;
}

/** Does what a command does, if it can be done now: for buttons and menus. */
export function useRunCommand(): (id: string) => void {
  const context = useCommandContext();
  return (id) => {
    const command = commandNamed(id);
    if (command && (command.when === undefined || command.when(context))) command.run(context);
  };
}
