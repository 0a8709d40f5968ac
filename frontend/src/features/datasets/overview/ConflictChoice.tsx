import { Alert, Button, Radio } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Meta } from "../dataset";
import { type MetaField, textOf } from "./mergeMeta";
import styles from "./Overview.module.css";

interface ConflictChoiceProps {
  mine: Meta;
  theirs: Meta;
  fields: readonly MetaField[];
  isBusy: boolean;
  onBack: () => void;
  /** The fields as they are to be. */
  onDecide: (decided: Meta) => void;
}

/** Somebody else wrote into the same fields: for each, mine or theirs. */
export function ConflictChoice({ mine, theirs, fields, isBusy, onBack, onDecide }: ConflictChoiceProps) {
  const { t } = useTranslation("datasets");
  const { t: common } = useTranslation();
  const [sides, setSides] = useState<{ [field: string]: "mine" | "theirs" }>({});
  const sideOf = (field: MetaField) => sides[field] ?? "mine";
  const decided = Object.fromEntries(fields.map((field) => [field, (sideOf(field) === "mine" ? mine : theirs)[field]]));
  return (
    <div className={styles.conflict}>
      <Alert type="warning" showIcon title={t("conflict.title")} description={t("conflict.help")} />
      {fields.map((field) => (
        <fieldset key={field}>
          <legend>{t(`meta.${field}`)}</legend>
          <Radio.Group
            value={sideOf(field)}
            onChange={(event) => setSides({ ...sides, [field]: event.target.value === "theirs" ? "theirs" : "mine" })}
          >
            <Radio value="mine">
              <strong>{t("conflict.mine")}</strong> {textOf(mine[field]) || t("conflict.nothing")}
            </Radio>
            <Radio value="theirs">
              <strong>{t("conflict.theirs")}</strong> {textOf(theirs[field]) || t("conflict.nothing")}
            </Radio>
          </Radio.Group>
        </fieldset>
      ))}
      <div className="form-buttons">
        <Button onClick={onBack}>{t("conflict.back")}</Button>
        <Button type="primary" loading={isBusy} onClick={() => onDecide(decided)}>
          {common("save")}
        </Button>
      </div>
    </div>
  );
}
