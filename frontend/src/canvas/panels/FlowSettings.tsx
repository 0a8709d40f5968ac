import { PlusOutlined } from "@ant-design/icons";
import { Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { usePreferences } from "../../app/preferences";
import { localized } from "../../lib/localize";
import { freeId } from "../model/ids";
import { useFlow, useFlowStore, useOpenGraph } from "../store/flowStore";
import { paramUses, removedParam, renamedParam, withParam } from "./flowParamEdits";
import styles from "./Inspector.module.css";
import { ParamCard } from "./ParamCard";
import { usePanels } from "./panelStore";
import { Row } from "./Row";
import { Sheet } from "./Sheet";

/** The title and the params of the flow; of an open body its params. */
export function FlowSettings() {
  const { t } = useTranslation("canvas");
  const store = useFlowStore();
  const graph = useOpenGraph();
  const readOnly = useFlow((flow) => flow.readOnly);
  const isBody = useFlow((flow) => flow.bodyPath.length > 0);
  const close = usePanels((panels) => panels.close);
  const [opened, setOpened] = useState<string | null>(null);
  const uses = paramUses(graph);
  const { changeGraph } = store.getState();
  const params = Object.entries(graph.params ?? {});
  const add = () => {
    const name = freeId("param", new Set(params.map(([taken]) => taken)));
    changeGraph("flowParams", (now) => withParam(now, name, { type: "string", default: "" }));
    setOpened(name);
  };
  return (
    <Sheet title={t(isBody ? "panels.flow.bodyLabel" : "panels.flow.label")} onClose={close}>
      <div className={styles.sheetBody}>
        {!isBody && <TitleRow disabled={readOnly} />}
        {!isBody && <h3>{t("panels.flow.params")}</h3>}
        <p className={styles.help}>{t(params.length > 0 ? "panels.flow.paramsHelp" : "panels.flow.noParams")}</p>
        {params.map(([name, param], at) => (
          <ParamCard
            // biome-ignore lint/suspicious/noArrayIndexKey: the name changes while the card stays open
            key={at}
            name={name}
            param={param}
            uses={uses.get(name) ?? []}
            taken={params.map(([other]) => other).filter((other) => other !== name)}
            isOpen={opened === name}
            disabled={readOnly}
            onToggle={() => setOpened(opened === name ? null : name)}
            onChange={(next, part) =>
              changeGraph("flowParams", (now) => withParam(now, name, next), `param:${name}:${part}`)
            }
            onRename={(next) => {
              changeGraph("flowParams", (now) => renamedParam(now, name, next));
              setOpened(next);
            }}
            onRemove={() => changeGraph("flowParams", (now) => removedParam(now, name))}
          />
        ))}
        {!readOnly && (
          <Button size="small" icon={<PlusOutlined />} onClick={add} className={styles.add}>
            {t("panels.flow.add")}
          </Button>
        )}
      </div>
    </Sheet>
  );
}

function TitleRow({ disabled }: { disabled: boolean }) {
  const { t } = useTranslation("canvas");
  const store = useFlowStore();
  const language = usePreferences((preferences) => preferences.language);
  const title = useFlow((flow) => flow.document.title);
  const rename = (text: string) =>
    store.getState().change(
      "title",
      (document) => {
        const { title: before, ...others } = document;
        if (typeof before === "object" && before !== null) return { ...others, title: { ...before, [language]: text } };
        return text ? { ...others, title: text } : others;
      },
      "flow-title",
    );
  return (
    <Row label={t("panels.flow.title")}>
      {(id) => (
        <Input.TextArea
          id={id}
          autoSize={{ minRows: 1, maxRows: 4 }}
          disabled={disabled}
          value={localized(title, language)}
          placeholder={t("panels.flow.titlePlaceholder")}
          maxLength={300}
          onChange={(event) => rename(event.target.value)}
        />
      )}
    </Row>
  );
}
