import { Input } from "antd";
import { useTranslation } from "react-i18next";
import { Row } from "../Row";
import styles from "./PublishDialog.module.css";
import { LANGUAGES, type Texts } from "./wizardDraft";

interface TextsFieldProps {
  label: string;
  texts: Texts;
  /** Several lines. */
  isLong?: boolean;
  onChange: (texts: Texts) => void;
}

/** A text in both languages; whoever reads a language in which it was not written reads the other. */
export function TextsField({ label, texts, isLong = false, onChange }: TextsFieldProps) {
  const { t } = useTranslation("publish");
  return (
    <div className={styles.texts}>
      {LANGUAGES.map((language) => (
        <Row key={language} label={`${label} · ${t(`languages.${language}`)}`}>
          {(id) =>
            isLong ? (
              <Input.TextArea
                id={id}
                lang={language}
                autoSize={{ minRows: 1, maxRows: 5 }}
                maxLength={1000}
                value={texts[language] ?? ""}
                onChange={({ target }) => onChange({ ...texts, [language]: target.value })}
              />
            ) : (
              <Input
                id={id}
                lang={language}
                maxLength={200}
                value={texts[language] ?? ""}
                onChange={({ target }) => onChange({ ...texts, [language]: target.value })}
              />
            )
          }
        </Row>
      ))}
    </div>
  );
}
