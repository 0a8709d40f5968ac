import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { usePreferences } from "../../app/preferences";
import type { FlowDocument, FlowNode } from "../model/document";
import { usePortTitle } from "../nodes/usePortTitle";
import { useSpecs } from "../store/catalogue";
import { fieldTitle, nodeAt, nodeTitle, type PlaceTexts } from "./places";

export interface Places {
  /** The node at a path, after those around it; one that is not there by its path. */
  node: (document: FlowDocument, path: string) => string;
  titleOf: (node: FlowNode) => string;
  field: (document: FlowDocument, path: string | null, field: string) => string;
}

/** What nodes and fields are called in the user's language. */
export function usePlaces(): Places {
  const { t } = useTranslation("canvas");
  const language = usePreferences((preferences) => preferences.language);
  const specs = useSpecs();
  const port = usePortTitle();
  return useMemo(() => {
    const settings: Readonly<Record<string, string>> = t("panels.settings", { returnObjects: true });
    const fields: Readonly<Record<string, string>> = t("panels.fields", { returnObjects: true });
    const texts: PlaceTexts = {
      language,
      kind: (kind) => t(`kinds.${kind}`),
      setting: (name) => settings[name] ?? name,
      case: (number) => t("panels.case", { number }),
      param: (name) => t("panels.flowParam", { name }),
      port,
      field: (name) => fields[name],
    };
    return {
      titleOf: (node) => nodeTitle(node, specs, texts),
      node(document, path) {
        const ids = path.split("/");
        const nodes = ids.map((_, at) => nodeAt(document, ids.slice(0, at + 1).join("/")));
        if (!nodes.at(-1)) return path;
        return nodes.map((node, at) => (node ? nodeTitle(node, specs, texts) : ids[at])).join(" › ");
      },
      field: (document, path, field) =>
        fieldTitle(path === null ? null : (nodeAt(document, path) ?? null), specs, field, texts),
    };
  }, [t, language, specs, port]);
}
