import { Tabs } from "antd";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { useMayHere, useProjectName } from "../../api/project";
import { Page } from "../../lib/Page";
import { Backfills } from "./backfills/Backfills";
import { General } from "./General";
import { Members } from "./Members";
import { Notifications } from "./notifications/Notifications";
import { ProjectAudit } from "./ProjectAudit";
import { Quota } from "./Quota";
import { Restrictions } from "./Restrictions";
import { Schedules } from "./Schedules";
import { Secrets } from "./Secrets";
import styles from "./settings.module.css";

/** What belongs to a project beside its flows and data. */
export function Component() {
  const { t } = useTranslation("settings");
  const project = useProjectName();
  // Each tab has filters of its own: another tab starts without them.
  const [address, setAddress] = useSearchParams();
  const mayReadNotifications = useMayHere("notification.read");
  const mayReadSecrets = useMayHere("secret.read");
  const mayAudit = useMayHere("audit.read");
  const tabs = [
    {
      key: "general",
      label: t("general.tab"),
      children: (
        <div className={styles.cards}>
          <General />
          <Quota />
        </div>
      ),
    },
    { key: "members", label: t("members.tab"), children: <Members /> },
    { key: "schedules", label: t("schedules.tab"), children: <Schedules /> },
    { key: "backfills", label: t("backfills.tab"), children: <Backfills /> },
    ...(mayReadNotifications
      ? [{ key: "notifications", label: t("notifications.tab"), children: <Notifications /> }]
      : []),
    ...(mayReadSecrets ? [{ key: "secrets", label: t("secrets.tab"), children: <Secrets /> }] : []),
    { key: "restrictions", label: t("restrictions.tab"), children: <Restrictions /> },
    ...(mayAudit ? [{ key: "audit", label: t("audit"), children: <ProjectAudit /> }] : []),
  ];
  const asked = address.get("tab");
  return (
    <Page title={t("title")} about={t("about", { project })} back={{ to: "/projects", label: t("allProjects") }}>
      <Tabs
        items={tabs}
        activeKey={tabs.some(({ key }) => key === asked) ? (asked ?? "general") : "general"}
        onChange={(tab) => setAddress({ tab })}
        destroyOnHidden
      />
    </Page>
  );
}
