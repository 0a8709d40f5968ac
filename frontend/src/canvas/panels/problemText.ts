import { useTranslation } from "react-i18next";
import type { FlowDocument } from "../model/document";
import type { Problem } from "../store/problems";
import { usePlaces } from "./usePlaces";

const LONGEST = 80;
const MOST = 8;

/** A value within a sentence. */
export function valueText(value: unknown): string {
  if (Array.isArray(value)) {
    const shown = value.slice(0, MOST).map(valueText).join(", ");
    return value.length > MOST ? `${shown}, …` : shown;
  }
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** What a problem says in the user's language; of a kind that is not known, what the server says. */
export function useProblemText(): (document: FlowDocument, problem: Problem) => string {
  const { t, i18n } = useTranslation("canvas");
  const places = usePlaces();
  return (document, { code, message, node, field, value, allowed, texts: told }) => {
    const key = `panels.problems.codes.${code}`;
    const hasList = Array.isArray(allowed) && allowed.length > 0;
    const lookup = hasList && i18n.exists(`canvas:${key}_allowed`) ? `${key}_allowed` : key;
    if (!i18n.exists(`canvas:${lookup}`)) return message;
    // Without a list of what is allowed, only the server can say what is wrong with a value; it does so in English.
    if (code === "param_invalid" && !hasList && i18n.language === "en") return message;
    const place = field === null ? "" : places.field(document, node, field);
    const own = told?.[i18n.language];
    if (own !== undefined) return t("panels.problems.told", { field: place, text: own });
    const texts: Readonly<Record<string, string>> = {
      field: place,
      value: valueText(value),
      allowed: valueText(allowed),
    };
    return i18n.t(lookup, { ns: "canvas", ...texts, defaultValue: message }) || t("panels.problems.label");
  };
}
