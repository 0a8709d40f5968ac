import { newKey } from "../../lib/newKey";
import { type FlowDocument, readDocument } from "../model/document";
import { isObject } from "./same";

/** Edits that the server does not have yet. */
export interface Draft {
  /** The revision that they started from. */
  version: number;
  document: FlowDocument;
  /** When, in milliseconds since 1970. */
  at: number;
}

export interface Drafts {
  /** Keeps the edits in this browser until they are dropped; false: there is no room for them. */
  keep: (draft: Draft) => boolean;
  drop: () => void;
  /** What this tab left before it was loaded again, then what tabs left that are no longer there. */
  left: () => Promise<LeftDraft[]>;
  close: () => void;
}

export interface LeftDraft extends Draft {
  /** Of this tab: what is kept next takes its place. */
  isOwn: boolean;
  /** Takes it out of the browser, once it is in safe hands. */
  forget: () => void;
}

const TAB = "patchbay-tab";
const ANSWER_WITHIN = 250;

/** A refresh keeps the name of the tab; a copy of the tab gets its own, because the name is only there while no page is. */
function tabName(): string {
  const name = sessionStorage.getItem(TAB) ?? newKey();
  sessionStorage.removeItem(TAB);
  addEventListener("pagehide", () => sessionStorage.setItem(TAB, name));
  addEventListener("pageshow", () => sessionStorage.removeItem(TAB));
  return name;
}

let thisTab: string | null = null;

/** Drafts of one flow by one user, each tab's under its own name. */
export function makeDrafts(user: string, project: string, flow: string): Drafts {
  thisTab ??= tabName();
  const tab = thisTab;
  const prefix = `patchbay-draft/${[user, project, flow].map(encodeURIComponent).join("/")}/`;
  const own = prefix + tab;
  const channel = new BroadcastChannel(prefix);
  const heard = new Set<string>();
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (!isObject(data)) return;
    if (data.ask) channel.postMessage({ here: tab });
    else if (typeof data.here === "string") heard.add(data.here);
  };

  return {
    keep(draft) {
      try {
        localStorage.setItem(own, JSON.stringify(draft));
        return true;
      } catch {
        return false;
      }
    },
    drop: () => localStorage.removeItem(own),
    async left() {
      const others = Object.keys(localStorage).filter((key) => key.startsWith(prefix) && key !== own);
      if (others.length > 0) {
        heard.clear();
        channel.postMessage({ ask: true });
        await new Promise((resolve) => setTimeout(resolve, ANSWER_WITHIN));
      }
      const orphans = others.filter((key) => !heard.has(key.slice(prefix.length)));
      return [own, ...orphans].flatMap((key) => {
        const draft = readDraft(localStorage.getItem(key));
        return draft ? [{ ...draft, isOwn: key === own, forget: () => localStorage.removeItem(key) }] : [];
      });
    },
    close: () => channel.close(),
  };
}

export function readDraft(text: string | null): Draft | null {
  if (!text) return null;
  try {
    const raw: unknown = JSON.parse(text);
    if (!isObject(raw) || typeof raw.version !== "number" || typeof raw.at !== "number") return null;
    return { version: raw.version, at: raw.at, document: readDocument(raw.document) };
  } catch {
    return null;
  }
}
