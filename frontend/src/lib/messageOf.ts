import i18next from "i18next";
import { ApiError } from "../api/client";
import { readText } from "./readText";

type Details = Readonly<Record<string, unknown>>;

/** What a person should read of an error, in the language of the page. */
export function messageOf(error: unknown): string {
  if (error instanceof ApiError) return textOf(error.code, error.message, { status: error.status, ...error.details });
  return error instanceof Error ? error.message : String(error);
}

/**
 * What a server's error says. An operator may say it in several languages itself; else its code and, where it has one,
 * `details.reason` name the text; of a code that is not known here, the server's own words.
 */
export function textOf(code: string, message: string, details: Details): string {
  const own = ownText(details);
  if (own !== undefined) return own;
  const key = [`${code}_${String(details.reason)}`, code].find((known) => i18next.exists(`errors:${known}`));
  if (key === undefined) return message;
  return i18next.t(key, { ns: "errors", defaultValue: message, message, ...slotsOf(details) });
}

function ownText({ texts }: Details): string | undefined {
  const text = readText(texts);
  return typeof text === "object" ? text?.[i18next.language] : undefined;
}

/**
 * Whether an operator's message is in English while Chinese is read. Names of columns and files may be Chinese within
 * it.
 */
export function isForeign(message: string, details: Details): boolean {
  if (i18next.language !== "zh-CN" || ownText(details) !== undefined) return false;
  const letters = (script: RegExp) => message.match(script)?.length ?? 0;
  return letters(/\p{Script=Latin}/gu) > 2 * letters(/\p{Script=Han}/gu);
}

/** Details as words of a sentence: lists with commas, and of a request that does not fit the names of its fields. */
function slotsOf(details: Details): Record<string, string> {
  const words = Object.entries(details).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.map(String).join(", ") : String(value),
  ]);
  return { fields: fieldsOf(details).join(", "), ...Object.fromEntries(words) };
}

/** `{json: {days: ["Not a valid integer."]}}` names `days`. */
function fieldsOf({ reason, status, ...places }: Details): string[] {
  return Object.values(places).flatMap((place) =>
    typeof place === "object" && place !== null && !Array.isArray(place) ? Object.keys(place) : [],
  );
}
