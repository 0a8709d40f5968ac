import { create } from "zustand";
import { persist } from "zustand/middleware";
import type { Theme } from "../theme/apply";

export const LANGUAGES = ["en", "zh-CN"] as const;
export type Language = (typeof LANGUAGES)[number];

interface Preferences {
  /** null: as the system has it. */
  theme: Theme | null;
  language: Language;
  /** The project that was open last. */
  project: string;
  set: (change: Partial<Omit<Preferences, "set">>) => void;
}

const browserLanguage = (): Language => (navigator.language.startsWith("zh") ? "zh-CN" : "en");

/** What a person chose on this browser. */
export const usePreferences = create<Preferences>()(
  persist((set) => ({ theme: null, language: browserLanguage(), project: "default", set }), {
    name: "patchbay",
    version: 1,
  }),
);
