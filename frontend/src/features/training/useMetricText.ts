import { useFormat } from "../../lib/format";

/** The value of a metric as people read it: bytes, shares of the peak, numbers. */
export function useMetricText(): (name: string, value: number) => string {
  const format = useFormat();
  return (name, value) => {
    if (name.endsWith("memory")) return format.bytes(value);
    if (name === "mfu") return format.percent(value);
    if (name.endsWith("_per_second") && value > 100) return format.number(Math.round(value));
    // Learning rates and losses become too small to count the zeros.
    if (value !== 0 && Math.abs(value) < 0.0001) return value.toExponential(2);
    return format.number(value);
  };
}
