import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { usePreferences } from "../../app/preferences";
import { type OperatorSpec, textOf } from "../model/spec";

type Named = { readonly name: string; readonly title?: string };

/** What a port is called in the user's language; where its spec has no title for it, the usual names are known. */
export function usePortTitle(): (spec: OperatorSpec | null | undefined, port: Named) => string {
  const { t } = useTranslation("canvas");
  const language = usePreferences((preferences) => preferences.language);
  return useCallback(
    (spec, { name, title }) => {
      if (spec && title) return textOf(spec, title, language);
      const usual: Readonly<Record<string, string>> = t("portNames", { returnObjects: true });
      return usual[name] ?? name.replaceAll("_", " ");
    },
    [t, language],
  );
}
