import { Form, Input, Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { queries } from "../../api/client";
import { useProjectName, useProjectPath } from "../../api/project";
import { usePreferences } from "../../app/preferences";
import { type FlowDocument, readDocument } from "../../canvas/model/document";
import { FormModal } from "../../lib/FormModal";
import { localized } from "../../lib/localize";
import styles from "./FlowsPage.module.css";
import { createFlow, isFlowName, nameFor, retitled, titleOf } from "./flow";

/** What a new flow begins with. */
export type FlowStart =
  | { kind: "new"; isSample?: boolean }
  | { kind: "duplicate"; name: string; document: FlowDocument }
  | { kind: "import"; file: string; document: FlowDocument };

const NOTHING = "";
const EMPTY: FlowDocument = { format: 1, name: "", nodes: [], edges: [] };

interface Values {
  title?: string;
  name?: string;
}

/** Makes a flow: empty, from a sample, from another flow or from a file; then opens it. */
export function CreateDialog({ start, onClose }: { start: FlowStart; onClose: () => void }) {
  const { t } = useTranslation("flows");
  const project = useProjectName();
  const path = useProjectPath();
  const navigate = useNavigate();
  const language = usePreferences((preferences) => preferences.language);
  const samples = queries.useQuery("get", "/api/v1/flow-samples", {}, { enabled: start.kind === "new" });
  const first = start.kind === "new" && start.isSample ? samples.data?.[0]?.name : undefined;
  const [chosen, setChosen] = useState<string | null>(null);
  const sample = chosen ?? first ?? NOTHING;

  const submit = async ({ title = "", name = "" }: Values) => {
    const given = name.trim() || nameFor(title);
    const raw = samples.data?.find((one) => one.name === sample)?.document;
    const source = start.kind !== "new" ? start.document : raw ? readDocument(raw) : EMPTY;
    const own = title.trim();
    await createFlow(project, {
      ...source,
      name: given,
      title: own ? retitled(start.kind === "import" ? source.title : own, own, language) : (source.title ?? null),
    });
    void navigate(path(`/flows/${encodeURIComponent(given)}`));
  };
  const heading =
    start.kind === "new"
      ? t("dialog.new")
      : start.kind === "duplicate"
        ? t("dialog.duplicate", { name: start.name })
        : t("dialog.import", { file: start.file });

  return (
    <FormModal<Values>
      title={heading}
      submit={t("dialog.create")}
      initial={useInitial(start)}
      onSubmit={submit}
      onClose={onClose}
    >
      <Form.Item name="title" label={t("dialog.flowTitle")}>
        <Input autoFocus maxLength={300} placeholder={t("dialog.flowTitleHint")} />
      </Form.Item>
      <NameField />
      {start.kind === "new" && (
        <fieldset className={styles.starts}>
          <legend>{t("dialog.start")}</legend>
          <Start
            title={t("dialog.emptyFlow")}
            about={t("dialog.emptyFlowHelp")}
            isChosen={sample === NOTHING}
            onChoose={() => setChosen(NOTHING)}
          />
          {samples.isPending && <Skeleton active title={false} paragraph={{ rows: 3 }} />}
          {samples.data?.map((one) => (
            <Start
              key={one.name}
              title={localized(titleOf(one), language) || one.name}
              about={t("dialog.steps", { count: readDocument(one.document).nodes.length })}
              isChosen={sample === one.name}
              onChoose={() => setChosen(one.name)}
            />
          ))}
        </fieldset>
      )}
    </FormModal>
  );
}

function useInitial(start: FlowStart): Values {
  const { t } = useTranslation("flows");
  const language = usePreferences((preferences) => preferences.language);
  if (start.kind === "new") return {};
  const title = localized(start.document.title, language);
  if (start.kind === "import") return { title, name: start.document.name };
  return { title: title && t("dialog.copyTitle", { title }), name: `${start.name}-2` };
}

/** Follows the title until somebody writes a name. */
export function NameField() {
  const { t } = useTranslation("flows");
  const form = Form.useFormInstance<Values>();
  const title = Form.useWatch("title", form) ?? "";
  return (
    <Form.Item
      name="name"
      label={t("dialog.name")}
      extra={t("dialog.nameHelp")}
      dependencies={["title"]}
      rules={[
        {
          validator: async (_, value: string | undefined) => {
            // What was typed last may not be drawn yet.
            const name = value?.trim() || nameFor(form.getFieldValue("title") ?? "");
            if (!name) throw new Error(t("dialog.nameNeeded"));
            if (!isFlowName(name)) throw new Error(t("dialog.nameWrong"));
          },
        },
      ]}
    >
      <Input placeholder={nameFor(title)} maxLength={200} />
    </Form.Item>
  );
}

interface StartProps {
  title: string;
  about: string;
  isChosen: boolean;
  onChoose: () => void;
}

function Start({ title, about, isChosen, onChoose }: StartProps) {
  return (
    <label className={styles.start} data-chosen={isChosen ? "" : undefined}>
      <input type="radio" name="start" checked={isChosen} onChange={onChoose} />
      <span className={styles.startTitle}>{title}</span>
      <span className={styles.startAbout}>{about}</span>
    </label>
  );
}
