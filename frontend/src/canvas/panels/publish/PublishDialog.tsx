import { PlusOutlined } from "@ant-design/icons";
import { Alert, App, Button, Modal, Select, Tooltip } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { usePreferences } from "../../../app/preferences";
import { useLocalize } from "../../../lib/localize";
import { OperatorIcon } from "../../../lib/OperatorIcon";
import { Teach } from "../../../lib/Teach";
import { useSpecs } from "../../store/catalogue";
import { useFlow, useFlowStore } from "../../store/flowStore";
import { Row } from "../Row";
import { usePlaces } from "../usePlaces";
import { Preview } from "./Preview";
import styles from "./PublishDialog.module.css";
import { QuestionCard } from "./QuestionCard";
import { TextsField } from "./TextsField";
import { askedBy, firstDraft, ICONS, problemsOf, published, unasked, withdrawn, withNewQuestion } from "./wizardDraft";

const LAST = "";

/** Makes the open flow a wizard that business experts are led through, or takes that back. Both can be undone. */
export default function PublishDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("publish");
  const { t: common } = useTranslation();
  const { message } = App.useApp();
  const localize = useLocalize();
  const language = usePreferences((preferences) => preferences.language);
  const store = useFlowStore();
  const specs = useSpecs();
  const places = usePlaces();
  const project = useFlow((flow) => flow.project);
  const document = useFlow((flow) => flow.document);
  const [draft, setDraft] = useState(() => firstDraft(document, specs, language));
  const wizard = useMemo(() => published(document, draft, specs), [document, draft, specs]);
  const problems = problemsOf(draft, document);
  const isPublished = document.wizard?.published === true;
  const left = unasked(draft, document);
  const titleOf = (name: string) => localize(document.params?.[name]?.title) || name;

  const publish = () => {
    store.getState().change("publish", (now) => published(now, draft, specs));
    void message.success(t("published"));
    onClose();
  };
  const withdraw = () => {
    store.getState().change("withdraw", withdrawn);
    void message.success(t("withdrawn"));
    onClose();
  };
  const [first] = problems;
  const why =
    first &&
    t(`problems.${first.code}`, {
      number: "number" in first ? first.number : 0,
      param: "param" in first ? titleOf(first.param) : "",
    });
  return (
    <Modal
      open
      centered
      width={1120}
      title={t("title")}
      onCancel={onClose}
      footer={
        <div className={styles.foot}>
          {isPublished && (
            <Button danger onClick={withdraw}>
              {t("withdraw")}
            </Button>
          )}
          <span className={styles.why} role="status">
            {why}
          </span>
          <Button onClick={onClose}>{common("cancel")}</Button>
          <Button type="primary" disabled={problems.length > 0} onClick={publish}>
            {t(isPublished ? "publishAgain" : "publish")}
          </Button>
        </div>
      }
    >
      <div className={styles.dialog}>
        <div className={styles.edit}>
          <p className={styles.soft}>{t("help")}</p>
          <TextsField label={t("name")} texts={draft.title} onChange={(title) => setDraft({ ...draft, title })} />
          <TextsField
            label={t("description")}
            texts={draft.description}
            isLong
            onChange={(description) => setDraft({ ...draft, description })}
          />
          <Icons value={draft.icon} onChange={(icon) => setDraft({ ...draft, icon })} />
          {Object.keys(document.params ?? {}).length === 0 && <Teach title={t("noParams")}>{t("noParamsHelp")}</Teach>}
          {draft.questions.map((question, at) => (
            <QuestionCard
              key={question.id}
              draft={draft}
              question={question}
              number={at + 1}
              titleOf={titleOf}
              onChange={setDraft}
            />
          ))}
          <Button icon={<PlusOutlined />} className={styles.add} onClick={() => setDraft(withNewQuestion(draft))}>
            {t("addStep")}
          </Button>
          {left.length > 0 && (
            <section className={styles.question} aria-label={t("unasked")}>
              <h3>{t("unasked")}</h3>
              <p className={styles.soft}>{t("unaskedHelp")}</p>
              <ol className={styles.params}>
                {left.map((name) => (
                  <li key={name}>
                    <span>{titleOf(name)}</span>
                    <Select<string>
                      size="small"
                      aria-label={t("askIn", { param: titleOf(name) })}
                      placeholder={t("askInStep")}
                      options={draft.questions.map(({ id, title }, at) => ({
                        value: id,
                        label: localize(title) || t("step", { number: at + 1 }),
                      }))}
                      onChange={(id) => setDraft(askedBy(draft, name, id))}
                      popupMatchSelectWidth={false}
                    />
                  </li>
                ))}
              </ol>
            </section>
          )}
          <Row label={t("result")} help={t("resultHelp")}>
            {(id) => (
              <Select<string>
                id={id}
                value={draft.result ?? LAST}
                options={[
                  { value: LAST, label: t("resultLast") },
                  ...document.nodes.map((node) => ({ value: node.id, label: places.titleOf(node) })),
                ]}
                onChange={(node) => setDraft({ ...draft, result: node === LAST ? null : node })}
              />
            )}
          </Row>
          {document.wizard?.template !== undefined && <Alert type="info" showIcon title={t("wasStarted")} />}
        </div>
        <Preview project={project} document={wizard} />
      </div>
    </Modal>
  );
}

function Icons({ value, onChange }: { value: string; onChange: (icon: string) => void }) {
  const { t } = useTranslation("publish");
  return (
    <fieldset className={styles.icons}>
      <legend>{t("icon")}</legend>
      {ICONS.map((icon) => (
        <Tooltip key={icon} title={t(`icons.${icon}`)}>
          <button
            type="button"
            aria-label={t(`icons.${icon}`)}
            aria-pressed={icon === value}
            onClick={() => onChange(icon)}
          >
            <OperatorIcon icon={icon} category="model" size={28} />
          </button>
        </Tooltip>
      ))}
    </fieldset>
  );
}
