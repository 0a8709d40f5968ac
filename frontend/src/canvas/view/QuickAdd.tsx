import { FontSizeOutlined, SnippetsOutlined } from "@ant-design/icons";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { usePreferences } from "../../app/preferences";
import { OperatorIcon } from "../../lib/OperatorIcon";
import { placeOnEdge, withNewNode } from "../model/edit";
import { snapped } from "../model/geometry";
import { type NewStep, newNode } from "../model/steps";
import { bestPort, edgeBehind, wiringOf } from "../model/wiring";
import { CONTROL, type PaletteItem, paletteItems } from "../panels/paletteItems";
import { usePaletteChoices } from "../panels/paletteStore";
import { useFamilyTitle } from "../panels/useFamilyTitle";
import { useCatalogue } from "../store/catalogue";
import { openGraph, useFlowStore } from "../store/flowStore";
import { type QuickAddRequest, useView } from "../store/viewStore";
import { useCanvas } from "./canvasContext";
import { Popup } from "./Popup";
import styles from "./QuickAdd.module.css";
import { type Choice, SearchList } from "./SearchList";

interface AddChoice extends Choice {
  readonly step?: NewStep;
  readonly act?: () => void;
}

/** The search for a step: at the pointer, where a wire was let go, or for the middle of a wire. */
export function QuickAdd() {
  const request = useView(({ quickAdd }) => quickAdd);
  return request ? <OpenQuickAdd key={request.screen.join()} request={request} /> : null;
}

function OpenQuickAdd({ request }: { request: QuickAddRequest }) {
  const { t } = useTranslation("canvas");
  const show = useView((view) => view.show);
  const canvas = useCanvas();
  const steps = useStepChoices(request);
  const close = () => {
    show({ quickAdd: null });
    canvas.focus();
  };
  const choices = useMemo<AddChoice[]>(() => {
    if (request.from || request.edge || request.after) return steps;
    const others: AddChoice[] = [
      {
        key: "comment",
        title: t("commands.comment"),
        texts: [t("commands.comment")],
        icon: (
          <span className={styles.icon}>
            <FontSizeOutlined />
          </span>
        ),
        act: () => canvas.comment(request.at),
      },
      {
        key: "paste",
        title: t("commands.paste"),
        texts: [t("commands.paste")],
        icon: (
          <span className={styles.icon}>
            <SnippetsOutlined />
          </span>
        ),
        act: () => void canvas.paste(request.at),
      },
    ];
    return [...steps, ...others];
  }, [steps, request, canvas, t]);
  const choose = (choice: AddChoice) => {
    show({ quickAdd: null });
    canvas.focus();
    if (choice.act) choice.act();
    else if (choice.step) {
      const { screen: _screen, at, ...where } = request;
      canvas.add(choice.step, { ...where, at: request.after ? at : placeFor(request) });
    }
  };
  return (
    <Popup at={request.screen} label={t("quickAdd.label")} className={styles.box} onClose={close}>
      <SearchList
        label={t(request.from ? "quickAdd.fitting" : request.after ? "quickAdd.next" : "quickAdd.search")}
        choices={choices}
        nothing={t("quickAdd.nothing")}
        onChoose={choose}
      />
    </Popup>
  );
}

/** The node's port comes to where the wire was let go; without a wire its upper left corner to the pointer. */
function placeFor({ at: [x, y], from }: QuickAddRequest): readonly [number, number] {
  if (!from) return snapped([x, y - 27]);
  return snapped([from.side === "outputs" ? x + 6 : x - 218, y - 27]);
}

/** Steps that can be added here: recent ones first, of those that fit the wire. */
function useStepChoices({ from, edge, after }: QuickAddRequest): AddChoice[] {
  const { t } = useTranslation("canvas");
  const language = usePreferences((preferences) => preferences.language);
  const { offered, specs } = useCatalogue();
  const store = useFlowStore();
  const recent = usePaletteChoices((kept) => kept.recent);
  const familyTitle = useFamilyTitle();
  return useMemo(() => {
    const graph = openGraph(store.getState());
    const fits = ({ step }: PaletteItem): boolean => {
      if (!from && !edge && !after) return true;
      const trial = newNode(graph, step, [0, 0]);
      const wiring = wiringOf(withNewNode(graph, trial), specs);
      if (edge) return placeOnEdge(wiring, trial.id, edge) !== null;
      if (from) return bestPort(wiring, trial.id, from) !== undefined;
      return after?.some((first) => edgeBehind(wiring, first, trial.id)) ?? true;
    };
    const items = paletteItems(offered, language, {
      title: (kind) => t(`kinds.${kind}`),
      description: (kind) => t(`panels.palette.about.${kind}`),
    });
    // A source begins a flow; behind something else it is rarely meant.
    const isFirst = graph.nodes.length === 0;
    const fitting = items.filter((item) => !item.isDeprecated && fits(item));
    // Whoever goes on from a step may also begin anew beside it: only wires bind.
    const others = after ? items.filter((item) => !item.isDeprecated && !fitting.includes(item)) : [];
    const rank = (item: PaletteItem) => {
      const at = recent.indexOf(item.id);
      if (at >= 0 && !isFirst) return at - 100;
      return isFirst && item.family === "source" ? -1 : 0;
    };
    return [...fitting.toSorted((left, right) => rank(left) - rank(right)), ...others].map((item) => ({
      key: item.key,
      title: item.title,
      texts: item.texts,
      step: item.step,
      icon: <OperatorIcon icon={item.icon} category={item.family === CONTROL ? item.icon : item.family} size={24} />,
      hint: familyTitle(item.family),
    }));
  }, [offered, specs, language, t, store, from, edge, after, recent, familyTitle]);
}
