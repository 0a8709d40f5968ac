import { CATEGORIES } from "../../lib/category";
import { type Findable, found } from "../model/search";
import { textOf, titleOf } from "../model/spec";
import { CONTROL_KINDS, type NewStep, stepKey } from "../model/steps";
import type { Offered } from "../store/operators";

/** Something that can be added to a flow, as the palette and its search show it. */
export interface PaletteItem extends Findable {
  /** Without a version: favourites outlive upgrades. */
  id: string;
  key: string;
  step: NewStep;
  title: string;
  description: string;
  family: string;
  icon: string;
  isDeprecated: boolean;
}

/** The family of what steers a flow. */
export const CONTROL = "control";

export interface ControlTexts {
  title: (kind: (typeof CONTROL_KINDS)[number]) => string;
  description: (kind: (typeof CONTROL_KINDS)[number]) => string;
}

export function paletteItems(offered: readonly Offered[], language: string, control: ControlTexts): PaletteItem[] {
  const operators = offered.map(({ key, spec, state }) => {
    const other = language === "en" ? "zh-CN" : "en";
    const [title, description] = [titleOf(spec, language), textOf(spec, "$t.description", language)];
    return {
      id: spec.id,
      key,
      step: { operator: key },
      title,
      description,
      family: spec.category,
      icon: spec.icon,
      isDeprecated: state === "deprecated",
      texts: [title, titleOf(spec, other), spec.id, description, textOf(spec, "$t.description", other)],
    };
  });
  const kinds = CONTROL_KINDS.map((kind) => {
    const step = { kind };
    const [title, description] = [control.title(kind), control.description(kind)];
    const key = stepKey(step);
    const texts = [title, kind, description];
    return { id: key, key, step, title, description, family: CONTROL, icon: kind, isDeprecated: false, texts };
  });
  return [...operators, ...kinds];
}

export interface PaletteFamily {
  /** A category of operators, `CONTROL`, "favourites", "recent", or "found". */
  family: string;
  items: PaletteItem[];
}

/** What the palette lists: what was searched for, or favourites, recent ones and then every family. */
export function paletteFamilies(
  items: readonly PaletteItem[],
  query: string,
  kept: { favourites: readonly string[]; recent: readonly string[] },
): PaletteFamily[] {
  if (query.trim()) return [{ family: "found", items: found(query, items) }];
  const byId = new Map(items.map((item) => [item.id, item]));
  const named = (ids: readonly string[]) => ids.map((id) => byId.get(id)).filter((item) => item !== undefined);
  const known: readonly string[] = [...CATEGORIES, CONTROL];
  const others = [...new Set(items.map(({ family }) => family))].filter((family) => !known.includes(family));
  return [
    { family: "favourites", items: named(kept.favourites) },
    { family: "recent", items: named(kept.recent.filter((id) => !kept.favourites.includes(id))) },
    ...[...known, ...others].map((family) => ({ family, items: items.filter((item) => item.family === family) })),
  ].filter((group) => group.items.length > 0);
}
