import { CloseOutlined, ReadOutlined } from "@ant-design/icons";
import { App, Button, Tooltip } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { usePreferences } from "../../app/preferences";
import { localized } from "../../lib/localize";
import { messageOf } from "../../lib/messageOf";
import { OperatorIcon } from "../../lib/OperatorIcon";
import { type FlowNode, kindOf } from "../model/document";
import { useSave } from "../saving/SavingProvider";
import { useCatalogue } from "../store/catalogue";
import { useFlow, useFlowStore } from "../store/flowStore";
import type { Offered } from "../store/operators";
import { IdField } from "./IdField";
import styles from "./Inspector.module.css";
import { valueText } from "./problemText";
import { changeNode } from "./steps";
import { newerVersion, paramChanges, upgradeNode } from "./upgrade";
import { usePlaces } from "./usePlaces";

interface InspectorHeadProps {
  node: FlowNode;
  path: string;
  /** Of its operator; null: not known, or a control-flow node. */
  entry: Offered | null;
}

export function InspectorHead({ node, path, entry }: InspectorHeadProps) {
  const { t } = useTranslation("canvas");
  const store = useFlowStore();
  const readOnly = useFlow((flow) => flow.readOnly);
  const places = usePlaces();
  const kind = kindOf(node);
  const { title: _own, ...bare } = node;
  const isOld = entry?.state === "deprecated" || entry?.state === "withdrawn";
  return (
    <header className={styles.head}>
      <div className={styles.top}>
        <OperatorIcon icon={entry?.spec.icon ?? kind} category={entry?.spec.category ?? kind} />
        <div className={styles.names}>
          <TitleField node={node} usual={places.titleOf(bare)} disabled={readOnly} />
          <p className={styles.sub}>
            <span className={styles.id}>
              {entry ? entry.spec.id : (node.operator ?? t(`kinds.${kind === "operator" ? "flow" : kind}`))}
            </span>
            {entry && <span className={styles.version}>{entry.spec.version}</span>}
            <IdField node={node} disabled={readOnly} />
          </p>
        </div>
        {entry && (
          <Tooltip title={t("panels.inspector.documentation")}>
            <Link
              to={`/operators/${encodeURIComponent(entry.key)}`}
              target="_blank"
              className={styles.tool}
              aria-label={t("panels.inspector.documentation")}
            >
              <ReadOutlined />
            </Link>
          </Tooltip>
        )}
        <button
          type="button"
          className={styles.tool}
          aria-label={t("panels.inspector.close")}
          onClick={() => store.getState().select([])}
        >
          <CloseOutlined />
        </button>
      </div>
      {isOld && (
        <p className={styles.old}>
          {t(entry.state === "withdrawn" ? "panels.inspector.withdrawn" : "panels.inspector.deprecated")} {entry.notice}
        </p>
      )}
      {!readOnly && <Upgrade node={node} path={path} />}
    </header>
  );
}

/** The title as a field; empty gives back the operator's own. */
function TitleField({ node, usual, disabled }: { node: FlowNode; usual: string; disabled: boolean }) {
  const { t } = useTranslation("canvas");
  const store = useFlowStore();
  const language = usePreferences((preferences) => preferences.language);
  const rename = (text: string) =>
    changeNode(store, node.id, "title", ({ title, ...others }) => {
      const isPerLanguage = typeof title === "object" && title !== null;
      if (isPerLanguage) return { ...others, title: { ...title, [language]: text } };
      return text ? { ...others, title: text } : others;
    });
  return (
    <input
      className={styles.title}
      value={localized(node.title, language)}
      placeholder={usual}
      aria-label={t("panels.inspector.title")}
      readOnly={disabled}
      maxLength={200}
      onChange={(event) => rename(event.target.value)}
      onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
    />
  );
}

/** Where there is a newer version: takes the step there, params and all. */
function Upgrade({ node, path }: { node: FlowNode; path: string }) {
  const { t } = useTranslation("canvas");
  const { notification } = App.useApp();
  const store = useFlowStore();
  const { offered } = useCatalogue();
  const places = usePlaces();
  const save = useSave();
  const [isBusy, setBusy] = useState(false);
  const newer = newerVersion(node.operator, offered);
  if (!newer) return null;
  const upgrade = async () => {
    setBusy(true);
    try {
      if ((await save()) === null) return;
      const before = store.getState().document;
      const upgraded = await upgradeNode(store, path);
      if (!upgraded) return;
      const after = store.getState().document;
      const lines = paramChanges(node, upgraded).map(({ kind, name, now, value }) => {
        const titles = {
          name: places.field(kind === "set" ? after : before, path, `params.${name}`),
          now: places.field(after, path, `params.${now}`),
        };
        // Where only the name in the document is another one, that is what is told.
        const names = kind === "renamed" && titles.name === titles.now ? { name, now } : titles;
        return t(`panels.inspector.upgradeChanges.${kind}`, { ...names, value: valueText(value) });
      });
      notification.success({
        title: t("panels.inspector.upgraded", { version: newer }),
        description: (
          <ul className={styles.changes}>
            {(lines.length > 0 ? lines : [t("panels.inspector.upgradeSame")]).map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        ),
      });
    } catch (error) {
      notification.error({ title: messageOf(error) });
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button size="small" className={styles.upgrade} loading={isBusy} onClick={() => void upgrade()}>
      {t("panels.inspector.upgrade", { version: newer })}
    </Button>
  );
}
