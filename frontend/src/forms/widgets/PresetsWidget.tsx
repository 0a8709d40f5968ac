import { Radio } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { usePreferences } from "../../app/preferences";
import styles from "../forms.module.css";
import { specText } from "../spec";
import type { WidgetProps } from "../widget";
import { NumberWidget } from "./NumberWidgets";

const OWN = "own";

/** A number of which some are offered in words; any other can be typed. */
export function PresetsWidget(props: WidgetProps) {
  const { field, spec, label, describedBy, value, onChange, disabled } = props;
  const { t } = useTranslation("forms");
  const language = usePreferences((preferences) => preferences.language);
  const offered = Object.entries(field["x-enum-titles"] ?? {})
    .map(([number, title]) => ({ value: Number(number), label: specText(spec, title, language) }))
    .sort((left, right) => left.value - right.value);
  const [wantsOwn, setWantsOwn] = useState(false);
  const isOwn = wantsOwn || !offered.some((each) => each.value === value);
  return (
    <div className={styles.presets}>
      <Radio.Group
        aria-label={label}
        {...(describedBy && { "aria-describedby": describedBy })}
        disabled={disabled}
        value={isOwn ? OWN : value}
        options={[...offered, { value: OWN, label: t("ownNumber") }]}
        onChange={({ target }) => {
          setWantsOwn(target.value === OWN);
          if (target.value !== OWN) onChange(target.value);
        }}
      />
      {isOwn && <NumberWidget {...props} />}
    </div>
  );
}
