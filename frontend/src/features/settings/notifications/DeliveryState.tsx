import { useTranslation } from "react-i18next";
import type { Schemas } from "../../../api/client";
import { Ago } from "../../../lib/Ago";
import { useFormat } from "../../../lib/format";
import { StateIcon } from "../../runs/parts/StateTag";
import styles from "../settings.module.css";

type Delivery = Schemas["Delivery"];

/** What Patchbay itself has to say; the rest is what the other side said. */
const STATUSES = ["accepted", "switched_off", "not_public", "no_answer", "no_mail_server"] as const;

function isKnown(status: string): status is (typeof STATUSES)[number] {
  return (STATUSES as readonly string[]).includes(status);
}

/** What came of a message: delivered, failed, or tried again at some time. */
export function DeliveryState({ delivery }: { delivery: Delivery }) {
  const { t } = useTranslation("settings");
  const format = useFormat();
  const { state, tries, status, next_at, ended_at } = delivery;
  const isWaiting = state === "pending" && tries > 0;
  const icon = { delivered: "done", failed: "failed", pending: isWaiting ? "delayed" : "queued" }[state];
  return (
    <>
      <StateIcon state={icon} /> {t(`notifications.states.${isWaiting ? "again" : state}`)}{" "}
      {ended_at !== null && <Ago at={ended_at} />}
      {status && <div className={styles.small}>{isKnown(status) ? t(`notifications.statuses.${status}`) : status}</div>}
      {isWaiting && next_at !== null && (
        <div className={styles.small}>{t("notifications.next", { time: format.time(next_at) })}</div>
      )}
    </>
  );
}
