import type { Resource } from "i18next";

const files = import.meta.glob<Resource[string]>("./*.json", { eager: true, import: "default" });

/** All texts of this language by part of the product. */
export const texts = Object.fromEntries(
  Object.entries(files).map(([path, part]) => [path.slice("./".length, -".json".length), part]),
);
