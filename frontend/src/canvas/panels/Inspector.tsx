import { useTranslation } from "react-i18next";
import { useFlow, useOpenGraph } from "../store/flowStore";
import panel from "../view/panel.module.css";
import { FlowSettings } from "./FlowSettings";
import styles from "./Inspector.module.css";
import { NodeInspector } from "./NodeInspector";
import { usePanels } from "./panelStore";
import { RevisionsPanel } from "./revisions/RevisionsPanel";

/** The panel at the right: what is selected, or what was asked for of the flow. */
export function Inspector() {
  const sheet = usePanels((panels) => panels.sheet);
  const selection = useFlow((flow) => flow.selection);
  const { nodes } = useOpenGraph();
  if (sheet === "settings") return <FlowSettings />;
  if (sheet === "revisions") return <RevisionsPanel />;
  const selected = nodes.filter(({ id }) => selection.has(id));
  const [only] = selected;
  if (selected.length === 1 && only) return <NodeInspector key={only.id} node={only} />;
  return selected.length > 1 ? <Several count={selected.length} /> : null;
}

function Several({ count }: { count: number }) {
  const { t } = useTranslation("canvas");
  return (
    <aside className={`${panel.panel} ${styles.inspector} ${styles.several}`} aria-label={t("panels.inspector.label")}>
      <h2>{t("panels.inspector.several", { count })}</h2>
      <p>{t("panels.inspector.severalHelp")}</p>
    </aside>
  );
}
