import { EllipsisOutlined } from "@ant-design/icons";
import { App, Button, Dropdown, Form, Input, type MenuProps } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { useProjectName, useProjectPath } from "../../api/project";
import { usePreferences } from "../../app/preferences";
import { downloadFlow } from "../../canvas/panels/transfer";
import { FormModal } from "../../lib/FormModal";
import { useLocalize } from "../../lib/localize";
import { useAct } from "../../lib/useAct";
import type { FlowStart } from "./CreateDialog";
import { deleteFlow, type ListedFlow, readFlow, retitleFlow, titleOf } from "./flow";
import { LimitDialog } from "./LimitDialog";

interface FlowMenuProps {
  flow: ListedFlow;
  mayWrite: boolean;
  onStart: (start: FlowStart) => void;
}

/** What can be done with a flow of the list. */
export function FlowMenu({ flow, mayWrite, onStart }: FlowMenuProps) {
  const { t } = useTranslation("flows");
  const project = useProjectName();
  const path = useProjectPath();
  const navigate = useNavigate();
  const localize = useLocalize();
  const { modal } = App.useApp();
  const { act } = useAct();
  const [isRenaming, setRenaming] = useState(false);
  const [isLimiting, setLimiting] = useState(false);
  const { name } = flow;
  const title = localize(titleOf(flow));

  const duplicate = () =>
    act(async () => onStart({ kind: "duplicate", name, document: (await readFlow(project, name)).document }));
  const exportIt = () => act(async () => downloadFlow((await readFlow(project, name)).document));
  const remove = () =>
    modal.confirm({
      title: t("deleteTitle", { name: title || name }),
      content: t("deleteHelp"),
      okText: t("delete"),
      okButtonProps: { danger: true },
      onOk: () => act(() => deleteFlow(project, name), t("deleted", { name: title || name })),
    });
  const change: MenuProps["items"] = [
    { key: "duplicate", label: t("duplicate"), onClick: () => void duplicate() },
    { key: "rename", label: t("rename"), onClick: () => setRenaming(true) },
    { key: "limit", label: t("limit.action"), onClick: () => setLimiting(true) },
    { type: "divider" },
    { key: "delete", label: t("delete"), danger: true, onClick: remove },
  ];
  const items: MenuProps["items"] = [
    { key: "open", label: t("open"), onClick: () => void navigate(path(`/flows/${encodeURIComponent(name)}`)) },
    { key: "export", label: t("export"), onClick: () => void exportIt() },
    ...(mayWrite ? change : []),
  ];
  return (
    <>
      <Dropdown menu={{ items }} trigger={["click"]} placement="bottomRight">
        <Button type="text" icon={<EllipsisOutlined />} aria-label={t("actionsOf", { title: title || name })} />
      </Dropdown>
      {isRenaming && <RenameDialog flow={flow} onClose={() => setRenaming(false)} />}
      {isLimiting && <LimitDialog flow={name} onClose={() => setLimiting(false)} />}
    </>
  );
}

function RenameDialog({ flow, onClose }: { flow: ListedFlow; onClose: () => void }) {
  const { t } = useTranslation("flows");
  const { t: common } = useTranslation();
  const project = useProjectName();
  const localize = useLocalize();
  const language = usePreferences((preferences) => preferences.language);
  return (
    <FormModal<{ title: string }>
      title={t("dialog.renameTitle", { name: flow.name })}
      submit={common("save")}
      initial={{ title: localize(titleOf(flow)) }}
      onSubmit={({ title }) => retitleFlow(project, flow.name, title ?? "", language)}
      onClose={onClose}
    >
      <Form.Item name="title" label={t("dialog.flowTitle")}>
        <Input autoFocus maxLength={300} />
      </Form.Item>
    </FormModal>
  );
}
