const GROUPED = /^[+-]?[1-9]\d{0,2}(,\d{3})+$/;
const WHOLE_IN_GROUPS = /^[+-]?\d{1,3}([.,]\d{3})+$/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * A number as people write it: with a point or a comma, in groups, with the wide digits and signs of a Chinese keyboard.
 * null: nothing is written; undefined: this is no number (yet).
 */
export function parseNumber(text: string): number | null | undefined {
  const plain = text
    .normalize("NFKC")
    .replaceAll("。", ".")
    .replace(/[\u2212\u2013\u2014]/g, "-")
    .replace(/[\s_'’]/g, "");
  if (plain === "") return null;
  const point = Math.max(plain.lastIndexOf("."), GROUPED.test(plain) ? -1 : plain.lastIndexOf(","));
  const whole = point < 0 ? plain : plain.slice(0, point);
  if (/[.,]/.test(whole) && !WHOLE_IN_GROUPS.test(whole)) return undefined;
  const digits = whole.replace(/[.,]/g, "") + (point < 0 ? "" : `.${plain.slice(point + 1)}`);
  if (!NUMBER.test(digits)) return undefined;
  const number = Number(digits);
  return Number.isFinite(number) && !isBeyond(digits, number) ? number : undefined;
}

/** Whether some of the digits of a whole number would be lost. */
function isBeyond(digits: string, number: number): boolean {
  return /^[+-]?\d+$/.test(digits) && BigInt(digits.replace("+", "")) !== BigInt(number);
}

/** Whole numbers without exponent, all others as short as they are exact. */
export function numberText(number: number): string {
  return Number.isInteger(number) && Math.abs(number) >= 1e21 ? BigInt(number).toString() : String(number);
}

const SHOWN_DIGITS = 6;

/**
 * An example's value without the digits that nobody reads: 27.787 for 27.78700065612793, 08:15:00 for 08:15:00.000000.
 * Whole numbers stay.
 */
export function shortened(value: unknown): unknown {
  if (typeof value === "string") return value.replace(/^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)\.0+$/, "$1");
  return typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(SHOWN_DIGITS)) : value;
}
