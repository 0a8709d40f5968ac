import type { Saver } from "./saving";

const LOOK_EVERY = 20_000;

/** Saves and looks for news when the page's surroundings give reason to. Gives the way to stop. */
export function watchPage(saver: Saver, channel: BroadcastChannel): () => void {
  const quietly = (what: () => Promise<unknown>) => void what().catch(() => undefined);
  const look = () => {
    if (document.visibilityState === "visible") quietly(saver.refresh);
  };
  const onOnline = () => {
    if (saver.getState().status === "offline") quietly(saver.save);
  };
  const onVisibility = () => {
    if (document.visibilityState === "visible") {
      onOnline();
      look();
    } else saver.keep();
  };
  const onLeave = (event: BeforeUnloadEvent) => {
    saver.keep();
    const { isKept, status } = saver.getState();
    if (!isKept && status !== "saved") event.preventDefault();
  };
  channel.onmessage = () => quietly(saver.refresh);
  const timer = setInterval(look, LOOK_EVERY);
  addEventListener("online", onOnline);
  addEventListener("pagehide", saver.keep);
  addEventListener("beforeunload", onLeave);
  document.addEventListener("visibilitychange", onVisibility);
  return () => {
    clearInterval(timer);
    removeEventListener("online", onOnline);
    removeEventListener("pagehide", saver.keep);
    removeEventListener("beforeunload", onLeave);
    document.removeEventListener("visibilitychange", onVisibility);
  };
}
