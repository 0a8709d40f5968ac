import { Button, Modal } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { nodeAt, usualValue } from "../panels/places";
import { usePlaces } from "../panels/usePlaces";
import { useSpecs } from "../store/catalogue";
import styles from "./MergeDialog.module.css";
import { type Conflict, merge, type Side } from "./merge";
import { useSaver, useSaving } from "./SavingProvider";
import { isObject } from "./same";
import type { OpenConflict } from "./saving";

/** Both sides changed the same things: side by side, to choose. */
export function MergeDialog({ onLater }: { onLater: () => void }) {
  const conflict = useSaving((state) => state.conflict);
  return conflict && <Sides conflict={conflict} onLater={onLater} />;
}

function Sides({ conflict, onLater }: { conflict: OpenConflict; onLater: () => void }) {
  const { t } = useTranslation("canvas");
  const saver = useSaver();
  const { base, mine, theirs } = conflict;
  const conflicts = useMemo(() => merge(base, mine, theirs).conflicts, [base, mine, theirs]);
  const [choices, setChoices] = useState<ReadonlyMap<string, Side>>(new Map());
  const [isBusy, setBusy] = useState(false);
  const left = conflicts.filter(({ key }) => !choices.has(key)).length;
  const chooseAll = (side: Side) => setChoices(new Map(conflicts.map(({ key }) => [key, side])));
  const save = async () => {
    setBusy(true);
    await saver?.resolve(choices);
    setBusy(false);
  };
  return (
    <Modal
      open
      width={820}
      title={t("panels.merge.title")}
      onCancel={onLater}
      mask={{ closable: false }}
      footer={
        <div className={styles.foot}>
          <Button onClick={() => chooseAll("mine")}>{t("panels.merge.allMine")}</Button>
          <Button onClick={() => chooseAll("theirs")}>{t("panels.merge.allTheirs")}</Button>
          <span className={styles.left}>{left > 0 && t("panels.merge.left", { count: left })}</span>
          <Button onClick={onLater}>{t("panels.merge.later")}</Button>
          <Button type="primary" disabled={left > 0} loading={isBusy} onClick={() => void save()}>
            {t("panels.merge.save")}
          </Button>
        </div>
      }
    >
      <p className={styles.about}>{t("panels.merge.about")}</p>
      <ol className={styles.list}>
        {conflicts.map((one) => (
          <li key={one.key}>
            <Question
              question={one}
              sides={conflict}
              chosen={choices.get(one.key) ?? null}
              onChoose={(side) => setChoices(new Map(choices).set(one.key, side))}
            />
          </li>
        ))}
      </ol>
    </Modal>
  );
}

interface QuestionProps {
  question: Conflict;
  sides: OpenConflict;
  chosen: Side | null;
  onChoose: (side: Side) => void;
}

function Question({ question, sides, chosen, onChoose }: QuestionProps) {
  const { t } = useTranslation("canvas");
  const places = usePlaces();
  const specs = useSpecs();
  const { node, field } = question;
  // The document that still has the node knows what it is called.
  const holder =
    [sides.mine, sides.theirs, sides.base].find((one) => node && places.node(one, node) !== node) ?? sides.mine;
  const where = node === null ? t("panels.merge.flow") : places.node(holder, node);
  const what = field === null ? t("panels.merge.node") : places.field(holder, node, field);
  const usual = node === null || field === null ? undefined : usualValue(nodeAt(holder, node), specs, field);
  const shown = (set: unknown) => {
    if (field === null) return t(set === undefined ? "panels.merge.deleted" : "panels.merge.changed");
    const value = set ?? usual;
    if (value === undefined) return t("panels.merge.nothing");
    return asText(value) || t("panels.merge.empty");
  };
  return (
    <fieldset className={styles.question}>
      <legend>
        <strong>{where}</strong> · {what}
      </legend>
      <div className={styles.sides}>
        {(["mine", "theirs"] as const).map((side) => (
          <label key={side} className={styles.side} data-chosen={chosen === side ? "" : undefined}>
            <span className={styles.name}>
              <input type="radio" checked={chosen === side} onChange={() => onChoose(side)} />
              {t(`panels.merge.${side}`)}
            </span>
            <span className={styles.value}>{shown(question[side])}</span>
          </label>
        ))}
      </div>
      {field !== null && <p className={styles.before}>{t("panels.merge.before", { value: shown(question.base) })}</p>}
    </fieldset>
  );
}

function asText(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value) && value.every((item) => !isObject(item))) return value.join(", ");
  return JSON.stringify(value, null, 2);
}
