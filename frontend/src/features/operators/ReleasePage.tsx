import { Alert, Tabs } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useParams, useSearchParams } from "react-router";
import { queries } from "../../api/client";
import { usePreferences } from "../../app/preferences";
import { isOperatorSpec, titleOf } from "../../canvas/model/spec";
import { Ago } from "../../lib/Ago";
import { ErrorNotice } from "../../lib/ErrorNotice";
import { Loading } from "../../lib/Loading";
import { OperatorIcon } from "../../lib/OperatorIcon";
import { Card, Page } from "../../lib/Page";
import { Rehearsal } from "./Rehearsal";
import { ReleaseActions } from "./ReleaseActions";
import styles from "./ReleasePage.module.css";
import { ReleaseState } from "./ReleaseState";
import { SourceFiles } from "./SourceFiles";
import { TestReport } from "./TestReport";

/** One version of a package: what a reviewer needs to decide. */
export function Component() {
  const { t } = useTranslation("operators");
  const { name = "", version = "" } = useParams();
  const [address, setAddress] = useSearchParams();
  const release = queries.useQuery("get", "/api/v1/operator-releases/{name}/{version}", {
    params: { path: { name, version } },
  });
  const back = { to: "/releases", label: t("releases") };
  const title = `${name} ${version}`;
  if (release.isPending) return <Loading />;
  if (release.error) {
    return (
      <Page title={title} back={back}>
        <ErrorNotice error={release.error} onRetry={() => void release.refetch()} />
      </Page>
    );
  }
  const { state, author, created_at, reviewer, reviewed_at, note, operators, report, lock } = release.data;
  return (
    <Page title={title} back={back} actions={<ReleaseActions release={release.data} />}>
      <div className={styles.facts}>
        <ReleaseState state={state} />
        <span>
          {t("uploadedBy", { name: author ?? t("commandLine") })} <Ago at={created_at} />
        </span>
        {reviewed_at !== null && (
          <span>
            {t("reviewedBy", { name: reviewer ?? t("commandLine") })} <Ago at={reviewed_at} />
          </span>
        )}
      </div>
      {note && <Alert type="info" showIcon title={note} />}
      <Card title={t("brings")}>
        <Brought operators={operators} isPublished={state !== "draft" && state !== "in_review"} />
      </Card>
      <Tabs
        activeKey={address.get("tab") ?? "report"}
        onChange={(tab) => setAddress({ tab })}
        destroyOnHidden
        items={[
          { key: "report", label: t("report"), children: <TestReport report={report} /> },
          { key: "source", label: t("source"), children: <SourceFiles name={name} version={version} /> },
          { key: "rehearsal", label: t("rehearsal"), children: <Rehearsal name={name} version={version} /> },
          ...(lock ? [{ key: "lock", label: t("lock"), children: <Lock text={lock} /> }] : []),
        ]}
      />
    </Page>
  );
}

function Brought({ operators, isPublished }: { operators: readonly unknown[]; isPublished: boolean }) {
  const language = usePreferences((preferences) => preferences.language);
  return (
    <ul className={styles.brought}>
      {operators
        .flatMap((raw) => (isOperatorSpec(raw) ? [raw] : []))
        .map((spec) => {
          const key = `${spec.id}@${spec.version}`;
          return (
            <li key={key}>
              <OperatorIcon icon={spec.icon} category={spec.category} size={28} />
              <strong>{titleOf(spec, language)}</strong>
              {isPublished ? <Link to={`/operators/${encodeURIComponent(key)}`}>{key}</Link> : <code>{key}</code>}
            </li>
          );
        })}
    </ul>
  );
}

function Lock({ text }: { text: string }) {
  return (
    <Card>
      <pre className={styles.code}>{text}</pre>
    </Card>
  );
}
