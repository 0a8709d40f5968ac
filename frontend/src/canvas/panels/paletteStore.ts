import { create } from "zustand";
import { persist } from "zustand/middleware";

const MOST_RECENT = 5;

interface PaletteChoices {
  /** Ids of operators without their version, and "#kind" of control-flow nodes. */
  favourites: string[];
  recent: string[];
  /** Families that are folded. */
  folded: string[];
  toggleFavourite: (id: string) => void;
  toggleFolded: (family: string) => void;
  used: (id: string) => void;
}

const toggled = (list: readonly string[], one: string) =>
  list.includes(one) ? list.filter((other) => other !== one) : [...list, one];

/** What a person keeps at hand in the palette, on this browser. */
export const usePaletteChoices = create<PaletteChoices>()(
  persist(
    (set) => ({
      favourites: [],
      recent: [],
      folded: [],
      toggleFavourite: (id) => set(({ favourites }) => ({ favourites: toggled(favourites, id) })),
      toggleFolded: (family) => set(({ folded }) => ({ folded: toggled(folded, family) })),
      used: (id) =>
        set(({ recent }) => ({ recent: [id, ...recent.filter((other) => other !== id)].slice(0, MOST_RECENT) })),
    }),
    { name: "patchbay-palette", version: 1 },
  ),
);
