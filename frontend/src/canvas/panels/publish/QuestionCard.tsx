import { ArrowDownOutlined, ArrowUpOutlined, CloseOutlined, DeleteOutlined } from "@ant-design/icons";
import { Button, Tooltip } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import styles from "./PublishDialog.module.css";
import { TextsField } from "./TextsField";
import {
  askedBy,
  type Draft,
  movedParam,
  movedQuestion,
  type Question,
  withoutQuestion,
  withQuestion,
} from "./wizardDraft";

interface QuestionCardProps {
  draft: Draft;
  question: Question;
  number: number;
  /** What a param is called. */
  titleOf: (param: string) => string;
  onChange: (draft: Draft) => void;
}

/** One step that asks: its words, and what it asks for, in this order. */
export function QuestionCard({ draft, question, number, titleOf, onChange }: QuestionCardProps) {
  const { t } = useTranslation("publish");
  const { questions } = draft;
  const isFirst = number === 1;
  const isLast = number === questions.length;
  const { params } = question;
  return (
    <section className={styles.question} aria-label={t("step", { number })}>
      <header className={styles.questionHead}>
        <h3>{t("step", { number })}</h3>
        <Act
          label={t("stepUp", { number })}
          icon={<ArrowUpOutlined />}
          disabled={isFirst}
          onClick={() => onChange(movedQuestion(draft, question.id, -1))}
        />
        <Act
          label={t("stepDown", { number })}
          icon={<ArrowDownOutlined />}
          disabled={isLast}
          onClick={() => onChange(movedQuestion(draft, question.id, 1))}
        />
        <Act
          label={t("removeStep", { number })}
          icon={<DeleteOutlined />}
          onClick={() => onChange(withoutQuestion(draft, question.id))}
        />
      </header>
      <TextsField
        label={t("stepTitle")}
        texts={question.title}
        onChange={(title) => onChange(withQuestion(draft, { ...question, title }))}
      />
      <TextsField
        label={t("stepHelp")}
        texts={question.help}
        isLong
        onChange={(help) => onChange(withQuestion(draft, { ...question, help }))}
      />
      <ol className={styles.params}>
        {params.map((name, at) => (
          <li key={name}>
            <span>{titleOf(name)}</span>
            <Act
              label={t("paramUp", { param: titleOf(name) })}
              icon={<ArrowUpOutlined />}
              disabled={isFirst && at === 0}
              onClick={() => onChange(movedParam(draft, name, -1))}
            />
            <Act
              label={t("paramDown", { param: titleOf(name) })}
              icon={<ArrowDownOutlined />}
              disabled={isLast && at === params.length - 1}
              onClick={() => onChange(movedParam(draft, name, 1))}
            />
            <Act
              label={t("unask", { param: titleOf(name) })}
              icon={<CloseOutlined />}
              onClick={() => onChange(askedBy(draft, name, null))}
            />
          </li>
        ))}
        {params.length === 0 && <li className={styles.none}>{t("asksNothing")}</li>}
      </ol>
    </section>
  );
}

interface ActProps {
  label: string;
  icon: ReactNode;
  disabled?: boolean;
  onClick: () => void;
}

function Act({ label, ...button }: ActProps) {
  return (
    <Tooltip title={label}>
      <Button type="text" size="small" aria-label={label} {...button} />
    </Tooltip>
  );
}
