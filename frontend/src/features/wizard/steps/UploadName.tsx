import { Radio } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { NameField } from "../../datasets/import/NameField";
import styles from "./steps.module.css";

interface UploadNameProps {
  /** What the file is called: a dataset may have that name. */
  own: string;
  /** A name that no dataset has yet. */
  free: string;
  value: string;
  onChange: (name: string) => void;
}

/** A file becomes a dataset of its own, unless somebody wants it to be the next version of the one of its name. */
export function UploadName({ own, free, value, onChange }: UploadNameProps) {
  const { t } = useTranslation("wizard");
  const [isVersion, setVersion] = useState(false);
  const choose = (version: boolean) => {
    setVersion(version);
    onChange(version ? own : free);
  };
  if (own === free) return <NameField value={value} onChange={onChange} />;
  return (
    <>
      <Radio.Group
        className={styles.keepAs ?? ""}
        aria-label={t("keepAs")}
        value={isVersion}
        options={[
          { value: false, label: t("asNew") },
          { value: true, label: t("asVersion", { name: own }) },
        ]}
        onChange={({ target }) => choose(target.value === true)}
      />
      {!isVersion && <NameField value={value} onChange={onChange} />}
    </>
  );
}
