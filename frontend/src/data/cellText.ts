/** How a value stands in a cell. */
export interface CellText {
  text: string;
  look: "number" | "text" | "missing" | "unusual";
}

const UNUSUAL = new Set(["NaN", "Infinity", "-Infinity"]);

export function cellText(value: unknown, kind: string): CellText {
  if (value === null || value === undefined) return { text: "", look: "missing" };
  if (typeof value === "number") return { text: shortNumber(value), look: "number" };
  if (typeof value === "string") {
    if (kind === "number") return { text: value, look: UNUSUAL.has(value) ? "unusual" : "number" };
    // Fractions of seconds that are all zero say nothing.
    return { text: kind === "time" ? value.replace(/\.0+(?=$|[+Z-])/, "") : value, look: "text" };
  }
  return { text: exactText(value), look: "text" };
}

/** A value as it is copied: all its digits. */
export function exactText(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Seven digits tell apart what can be told apart on a screen; whole numbers stay whole. */
function shortNumber(value: number): string {
  if (Number.isInteger(value)) return String(value);
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e9) return value.toExponential(4);
  return String(Number(value.toPrecision(7)));
}
