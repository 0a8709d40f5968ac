import { useSyncExternalStore } from "react";
import type { Theme } from "../theme/apply";
import { usePreferences } from "./preferences";

const dark = window.matchMedia("(prefers-color-scheme: dark)");

function onSystemChange(listener: () => void): () => void {
  dark.addEventListener("change", listener);
  return () => dark.removeEventListener("change", listener);
}

/** The theme to draw: the chosen one, or the system's. */
export function useTheme(): Theme {
  const system = useSyncExternalStore(onSystemChange, () => (dark.matches ? "dark" : "light"));
  return usePreferences((preferences) => preferences.theme) ?? system;
}
