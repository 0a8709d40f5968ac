import { useFormat } from "../../lib/format";

/** The value of a metric as people read it: bytes, shares of the peak, numbers. */
export function useMetricText(): (name: string, value: number) => string {
  const format = useFormat();
  return (name, value) => {
    if (name.endsWith("memory")) return format.bytes(value);
    if (name === "mfu") return format.percent(value);
    if (name.endsWith("_per_second") && value > 100) return format.number(Math.round(value));
    return format.number(value);
  };
}
