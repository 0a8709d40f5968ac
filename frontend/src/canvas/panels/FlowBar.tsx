import { EllipsisOutlined } from "@ant-design/icons";
import { App, Button, Dropdown } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { useProjectPath } from "../../api/project";
import { useLocalize } from "../../lib/localize";
import { messageOf } from "../../lib/messageOf";
import { useRunCommand } from "../commands/useCommands";
import { SaveIndicator } from "../saving/SaveIndicator";
import { useFlow, useFlowStore } from "../store/flowStore";
import panel from "../view/panel.module.css";
import styles from "./FlowBar.module.css";
import { ProblemButton } from "./ProblemButton";
import { usePanels } from "./panelStore";
import { chooseFile, downloadFlow, readFlowFile, TransferError } from "./transfer";

/** The flow's title, whether it is saved, and what can be done with it as a whole. */
export function FlowBar() {
  const { t } = useTranslation("canvas");
  const localize = useLocalize();
  const path = useProjectPath();
  const navigate = useNavigate();
  const { modal, message } = App.useApp();
  const store = useFlowStore();
  const name = useFlow((flow) => flow.name);
  const title = useFlow((flow) => flow.document.title);
  const readOnly = useFlow((flow) => flow.readOnly);
  const open = usePanels((panels) => panels.open);
  const run = useRunCommand();

  const importFile = async () => {
    const file = await chooseFile();
    if (!file) return;
    try {
      const document = await readFlowFile(file);
      store.getState().change("import", (before) => ({ ...document, name: before.name }));
      void message.success(t("panels.transfer.imported"));
    } catch (error) {
      const content =
        error instanceof TransferError
          ? t(`panels.transfer.${error.reason}`, { file: file.name, message: error.message })
          : messageOf(error);
      modal.error({ title: t("panels.transfer.failed"), content });
    }
  };
  const items = [
    { key: "settings", label: t("panels.menu.settings"), onClick: () => open("settings") },
    { key: "revisions", label: t("panels.menu.revisions"), onClick: () => open("revisions") },
    { type: "divider" as const },
    { key: "publish", label: t("panels.menu.publish"), disabled: readOnly, onClick: () => run("publishWizard") },
    { type: "divider" as const },
    { key: "export", label: t("panels.menu.export"), onClick: () => downloadFlow(store.getState().document) },
    { key: "import", label: t("panels.menu.import"), disabled: readOnly, onClick: () => void importFile() },
    { type: "divider" as const },
    { key: "all", label: t("panels.menu.all"), onClick: () => void navigate(path("/flows")) },
  ];
  return (
    <div className={`${panel.bar} ${styles.bar}`}>
      <h1 className={styles.heading}>
        <button
          type="button"
          className={styles.title}
          onClick={() => open("settings")}
          title={t("panels.menu.settings")}
        >
          {localize(title) || name}
        </button>
      </h1>
      <SaveIndicator />
      <ProblemButton />
      <Dropdown menu={{ items }} trigger={["click"]}>
        <Button type="text" size="small" icon={<EllipsisOutlined />} aria-label={t("panels.menu.label")} />
      </Dropdown>
      <Link to={path("/flows")} className="visually-hidden">
        {t("panels.menu.all")}
      </Link>
    </div>
  );
}
