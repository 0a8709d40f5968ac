import { useTranslation } from "react-i18next";
import { usePanels } from "./panelStore";
import { Sheet } from "./Sheet";

export function RevisionsPanel() {
  const { t } = useTranslation("canvas");
  const close = usePanels((panels) => panels.close);
  return (
    <Sheet title={t("panels.revisions.label")} onClose={close}>
      {null}
    </Sheet>
  );
}
