import type { Schemas } from "../../../api/client";

export interface Curve {
  name: string;
  x: number[];
  y: number[];
}

/** The numbers that a task's latest attempt has reported, per name, in the order of their steps. */
export function curvesOf(
  events: readonly Schemas["Event"][],
  task: Pick<Schemas["Task"], "path" | "index" | "attempt">,
): Curve[] {
  const curves = new Map<string, Curve>();
  for (const { kind, data } of events) {
    if (kind !== "metric" || data.path !== task.path || String(data.index ?? "") !== task.index) continue;
    if (data.attempt !== task.attempt || typeof data.name !== "string" || typeof data.value !== "number") continue;
    const curve = curves.get(data.name) ?? { name: data.name, x: [], y: [] };
    curve.x.push(typeof data.step === "number" ? data.step : curve.x.length + 1);
    curve.y.push(data.value);
    curves.set(data.name, curve);
  }
  return [...curves.values()].filter(({ x }) => x.length > 1);
}
