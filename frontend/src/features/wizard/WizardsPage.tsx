import { App, Button, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { api, etag, queries } from "../../api/client";
import { useMayHere, useProjectName, useProjectPath } from "../../api/project";
import { usePreferences } from "../../app/preferences";
import { Ago } from "../../lib/Ago";
import { ErrorNotice } from "../../lib/ErrorNotice";
import { Loading } from "../../lib/Loading";
import { useLocalize } from "../../lib/localize";
import { messageOf } from "../../lib/messageOf";
import { newKey } from "../../lib/newKey";
import { OperatorIcon } from "../../lib/OperatorIcon";
import { Card, Page } from "../../lib/Page";
import { readText } from "../../lib/readText";
import { StateTag } from "../runs/parts/StateTag";
import styles from "./WizardsPage.module.css";
import { type OfferedWizard, WIZARD_PATH } from "./wizard";

/** The param that says in which language a report is written: that of whoever begins, until somebody changes it. */
const LANGUAGE = "language";
const WIZARDS = "/api/v1/projects/{project_name}/wizards";

/** What a wizard can do here, and those that were started. */
export function Component() {
  const { t } = useTranslation("wizard");
  const project_name = useProjectName();
  const wizards = queries.useQuery("get", WIZARDS, { params: { path: { project_name } } });
  return (
    <Page title={t("title")} about={t("about")}>
      {wizards.error && <ErrorNotice error={wizards.error} onRetry={() => void wizards.refetch()} />}
      {wizards.isPending && <Loading />}
      {wizards.data && (
        <ul className={styles.offered} aria-label={t("offered")}>
          {wizards.data.map((wizard) => (
            <Offered key={`${wizard.origin} ${wizard.name}`} wizard={wizard} />
          ))}
        </ul>
      )}
      <Started />
    </Page>
  );
}

function Offered({ wizard }: { wizard: OfferedWizard }) {
  const { t } = useTranslation("wizard");
  const { message } = App.useApp();
  const navigate = useNavigate();
  const path = useProjectPath();
  const localize = useLocalize();
  const project_name = useProjectName();
  const language = usePreferences((preferences) => preferences.language);
  const mayUse = useMayHere("wizard.use");
  const title = localize(readText(wizard.title)) || wizard.name;
  const [isBusy, setBusy] = useState(false);
  const start = async () => {
    if (isBusy) return;
    setBusy(true);
    try {
      const { data } = await api.POST(`${WIZARDS}/{wizard}/start`, {
        params: { path: { project_name, wizard: wizard.name }, header: { "Idempotency-Key": newKey() } },
        body: {},
      });
      if (!data) return;
      if (asksFor(wizard, LANGUAGE))
        await api.PATCH(WIZARD_PATH, {
          params: { path: { project_name, flow: data.name }, header: { "If-Match": etag(data.number) } },
          body: { values: { [LANGUAGE]: language } },
        });
      void navigate(path(`/wizards/${encodeURIComponent(data.name)}`));
    } catch (error) {
      void message.error(messageOf(error), 8);
    } finally {
      setBusy(false);
    }
  };
  return (
    <li className={styles.wizard}>
      <OperatorIcon icon={wizard.icon ?? ""} category="model" size={40} />
      <div className={styles.text}>
        <h2>
          {title} {wizard.origin === "project" && <Tag>{t("ofProject")}</Tag>}
        </h2>
        <p>{localize(readText(wizard.description))}</p>
      </div>
      {mayUse && (
        <Button type="primary" loading={isBusy} aria-label={t("startOf", { title })} onClick={start}>
          {t("start")}
        </Button>
      )}
    </li>
  );
}

function asksFor(wizard: OfferedWizard, param: string): boolean {
  return wizard.steps.some(({ params }) => Array.isArray(params) && params.includes(param));
}

/** Where somebody goes on with what was started. */
function Started() {
  const { t } = useTranslation("wizard");
  const path = useProjectPath();
  const localize = useLocalize();
  const project_name = useProjectName();
  const started = queries.useQuery("get", `${WIZARDS}/started`, {
    params: { path: { project_name }, query: { limit: 20 } },
  });
  if (started.error) return <ErrorNotice error={started.error} onRetry={() => void started.refetch()} />;
  if (!started.data || started.data.items.length === 0) return null;
  return (
    <Card title={t("goOn")}>
      <ul className={styles.started}>
        {started.data.items.map((flow) => (
          <li key={flow.name}>
            <Link to={path(`/wizards/${encodeURIComponent(flow.name)}`)} className={styles.name}>
              {localize(readText(flow.title)) || flow.name}
            </Link>
            <span className={styles.quiet}>
              <Ago at={flow.created_at} />
            </span>
            {flow.last_run ? (
              <StateTag state={flow.last_run.state} />
            ) : (
              <span className={styles.quiet}>{t("notRun")}</span>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}
