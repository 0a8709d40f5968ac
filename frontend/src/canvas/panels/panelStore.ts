import { create } from "zustand";

export type Sheet = "settings" | "revisions";

interface Panels {
  /** What the right panel shows in place of the selected step. */
  sheet: Sheet | null;
  open: (sheet: Sheet) => void;
  close: () => void;
}

export const usePanels = create<Panels>()((set) => ({
  sheet: null,
  open: (sheet) => set({ sheet }),
  close: () => set({ sheet: null }),
}));
