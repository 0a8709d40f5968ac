import { Alert, Select, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams } from "react-router";
import { queries } from "../../api/client";
import { usePreferences } from "../../app/preferences";
import { isOperatorSpec, textOf, titleOf } from "../../canvas/model/spec";
import { useFamilyTitle } from "../../canvas/panels/useFamilyTitle";
import { FormPreview } from "../../forms/FormPreview";
import { ErrorNotice } from "../../lib/ErrorNotice";
import { Loading } from "../../lib/Loading";
import { Card, Page } from "../../lib/Page";
import { Examples } from "./Examples";
import styles from "./OperatorPage.module.css";
import { ParamsTable } from "./ParamsTable";
import { PortsTable } from "./PortsTable";
import { Resources } from "./Resources";

/** The documentation of one version of an operator, all of it from its spec. */
export function Component() {
  const { t } = useTranslation(["operators", "forms"]);
  const familyTitle = useFamilyTitle();
  const key = useParams().key ?? "";
  const language = usePreferences((preferences) => preferences.language);
  const operator = queries.useQuery("get", "/api/v1/operators/{key}", { params: { path: { key } } });
  if (operator.isPending) return <Loading />;
  const back = { to: "/operators", label: t("title") };
  if (operator.error) {
    return (
      <Page title={key} back={back}>
        <ErrorNotice error={operator.error} onRetry={() => void operator.refetch()} />
      </Page>
    );
  }
  const { spec, state, notice, release } = operator.data;
  if (!isOperatorSpec(spec)) return <ErrorNotice error={t("unreadable", { key })} />;
  const [name, version] = release?.split(" ") ?? [];
  return (
    <Page
      title={titleOf(spec, language)}
      about={textOf(spec, "$t.description", language)}
      back={back}
      actions={<Versions id={spec.id} chosen={key} />}
    >
      <div className={styles.facts}>
        <code>{key}</code>
        <Tag>{familyTitle(spec.category)}</Tag>
        <Tag>{t(`states.${state}`)}</Tag>
        {name && version && (
          <Link to={`/releases/${encodeURIComponent(name)}/${encodeURIComponent(version)}`}>{release}</Link>
        )}
      </div>
      {notice && <Alert type="warning" showIcon title={notice} />}
      <div className={styles.ports}>
        <Card title={t("inputs")}>
          <PortsTable spec={spec} ports={spec.inputs} empty={t("noInputs")} />
        </Card>
        <Card title={t("outputs")}>
          <PortsTable spec={spec} ports={spec.outputs} empty={t("noOutputs")} />
        </Card>
      </div>
      <Card title={t("params")}>
        <ParamsTable spec={spec} />
      </Card>
      <Card title={t("preview.title", { ns: "forms" })}>
        <FormPreview key={key} spec={spec} />
      </Card>
      <Card title={t("resources")}>
        <Resources raw={operator.data.spec} />
      </Card>
      <Card title={t("examples")}>
        <Examples raw={operator.data.spec} />
      </Card>
      <Card title={t("spec")}>
        <details>
          <summary>{t("showSpec")}</summary>
          <pre className={styles.json}>{JSON.stringify(operator.data.spec, null, 2)}</pre>
        </details>
      </Card>
    </Page>
  );
}

function Versions({ id, chosen }: { id: string; chosen: string }) {
  const { t } = useTranslation("operators");
  const navigate = useNavigate();
  const versions = queries.useQuery("get", "/api/v1/operators/{operator_id}/versions", {
    params: { path: { operator_id: id } },
  });
  const all = versions.data ?? [];
  if (all.length < 2) return null;
  return (
    <Select
      aria-label={t("version")}
      value={chosen}
      options={all.map(({ key }) => ({ value: key, label: key.split("@")[1] }))}
      onChange={(key) => void navigate(`/operators/${encodeURIComponent(key)}`)}
    />
  );
}
