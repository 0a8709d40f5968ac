import { CloudServerOutlined, DownloadOutlined, InboxOutlined, TagOutlined } from "@ant-design/icons";
import { Button, Form, Input, Table, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { api } from "../../api/client";
import { useMayHere, useProjectName, useProjectPath } from "../../api/project";
import { useMetricName } from "../../charts/words";
import { ColumnChips } from "../../data/Facts";
import { MetricTiles } from "../../data/MetricTiles";
import { factText } from "../../data/parts";
import { Ago } from "../../lib/Ago";
import { ErrorNotice } from "../../lib/ErrorNotice";
import { FormModal } from "../../lib/FormModal";
import { Loading } from "../../lib/Loading";
import { Card, Page } from "../../lib/Page";
import { useAct } from "../../lib/useAct";
import { DeployDialog } from "../deployments/DeployDialog";
import styles from "./Models.module.css";
import { downloadOf, modelPath, useVersion, type Version } from "./model";
import { scoreGroups } from "./scores";

/** One version: how good it is, what it takes, what it was made with. */
export function Component() {
  const { t } = useTranslation("models");
  const { model = "", number = "" } = useParams();
  const path = useProjectPath();
  const version = useVersion(model, Number(number));
  const back = { to: path(modelPath(model)), label: model };
  const title = `${model} ${t("versionShort", { number })}`;
  if (version.error)
    return (
      <Page title={title} back={back}>
        <ErrorNotice error={version.error} onRetry={() => void version.refetch()} />
      </Page>
    );
  if (!version.data) return <Loading />;
  return (
    <Page
      title={title}
      back={back}
      about={<About version={version.data} />}
      actions={<Actions version={version.data} />}
    >
      <Scores version={version.data} />
      <Card>
        <ColumnChips title={t("takes")} columns={version.data.columns} />
      </Card>
      <Lineage version={version.data} />
    </Page>
  );
}

function About({ version }: { version: Version }) {
  const { t } = useTranslation("models");
  return (
    <span className={styles.tags}>
      {version.aliases.map((alias) => (
        <Tag key={alias} color="blue">
          {alias}
        </Tag>
      ))}
      {version.archived_at !== null && <Tag>{t("archived")}</Tag>}
      <span>
        <Ago at={version.created_at} /> {version.created_by && `· ${version.created_by}`}
      </span>
      <span>{version.note}</span>
    </span>
  );
}

function Scores({ version }: { version: Version }) {
  const { t } = useTranslation("models");
  const groups = scoreGroups(version.metrics);
  return (
    <>
      {groups.map(({ node, values }) => (
        <Card key={node ?? ""} title={node === null ? t("training") : t("measuredBy", { node })}>
          <MetricTiles values={values} />
        </Card>
      ))}
    </>
  );
}

function Lineage({ version }: { version: Version }) {
  const { t } = useTranslation("models");
  const metric = useMetricName();
  const path = useProjectPath();
  const { about } = version;
  const facts = [
    [t("task"), typeof about.task === "string" ? metric(about.task) : null],
    [t("target"), factText(about.target)],
    [t("positive"), factText(about.positive)],
    [t("classes"), factText(about.classes)],
    [t("libraries"), factText(about.libraries)],
  ] as const;
  return (
    <>
      <Card title={t("lineage")}>
        <dl className={styles.facts}>
          <dt>{t("run")}</dt>
          <dd>
            <Link to={path(`/runs/${version.run}`)}>{t("runOf", { run: version.run, flow: version.flow })}</Link>
          </dd>
          <dt>{t("flow")}</dt>
          <dd>
            <Link to={path(`/flows/${encodeURIComponent(version.flow)}?revision=${version.revision}`)}>
              {t("revisionOf", { flow: version.flow, number: version.revision })}
            </Link>
          </dd>
          <dt>{t("datasets")}</dt>
          <dd>
            {version.datasets.length === 0 ? (
              <span className={styles.quiet}>{t("noDatasets")}</span>
            ) : (
              <ul className={styles.links}>
                {version.datasets.map(({ name, number, node }) => (
                  <li key={`${node} ${name}`}>
                    <Link
                      to={path(`/datasets/${encodeURIComponent(name)}?tab=data${number ? `&version=${number}` : ""}`)}
                    >
                      {number === null ? name : `${name} ${t("versionShort", { number })}`}
                    </Link>
                  </li>
                ))}
              </ul>
            )}
          </dd>
          {facts.map(
            ([name, text]) =>
              text !== null && (
                <FactRow key={name} name={name}>
                  {text}
                </FactRow>
              ),
          )}
        </dl>
      </Card>
      <Card title={t("steps")} flush>
        <Table
          pagination={version.steps.length > 50 ? { pageSize: 50 } : false}
          rowKey={({ node, index }) => `${node} ${index}`}
          dataSource={version.steps}
          scroll={{ x: "max-content" }}
          columns={[
            {
              title: t("step"),
              key: "step",
              render: (_, { node, index }) => (index ? `${node} [${index}]` : node),
            },
            {
              title: t("operator"),
              key: "operator",
              render: (_, { operator }) => <Link to={`/operators/${encodeURIComponent(operator)}`}>{operator}</Link>,
            },
            {
              title: t("params"),
              key: "params",
              render: (_, { params }) => (
                <code className={styles.cell}>{Object.keys(params).length > 0 ? JSON.stringify(params) : "–"}</code>
              ),
            },
          ]}
        />
      </Card>
    </>
  );
}

function FactRow({ name, children }: { name: string; children: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Actions({ version }: { version: Version }) {
  const { t } = useTranslation("models");
  const project_name = useProjectName();
  const mayWrite = useMayHere("model.write");
  const mayDeploy = useMayHere("deployment.write");
  const { act, isBusy } = useAct();
  const [dialog, setDialog] = useState<"alias" | "deploy" | null>(null);
  const path = { project_name, name: version.model };
  const isArchived = version.archived_at !== null;
  const archive = () =>
    api.PATCH("/api/v1/projects/{project_name}/models/{name}/versions/{number}", {
      params: { path: { ...path, number: version.number } },
      body: { note: version.note, archived: !isArchived },
    });
  return (
    <>
      {mayDeploy && !isArchived && (
        <Button type="primary" icon={<CloudServerOutlined />} onClick={() => setDialog("deploy")}>
          {t("deploy")}
        </Button>
      )}
      {mayWrite && !isArchived && (
        <Button icon={<TagOutlined />} onClick={() => setDialog("alias")}>
          {t("setAlias")}
        </Button>
      )}
      <Button icon={<DownloadOutlined />} href={downloadOf(project_name, version.model, version.number)} download>
        {t("download")}
      </Button>
      {mayWrite && (
        <Button icon={<InboxOutlined />} loading={isBusy} onClick={() => void act(archive)}>
          {t(isArchived ? "bringBack" : "archive")}
        </Button>
      )}
      {dialog === "alias" && (
        <FormModal<{ alias: string }>
          title={t("setAlias")}
          submit={t("save")}
          initial={{ alias: "champion" }}
          onSubmit={async ({ alias }) => {
            await api.PUT("/api/v1/projects/{project_name}/models/{name}/aliases/{alias}", {
              params: { path: { ...path, alias } },
              body: { number: version.number },
            });
          }}
          onClose={() => setDialog(null)}
        >
          <p>{t("aliasHelp")}</p>
          <Form.Item name="alias" label={t("alias")} rules={[{ required: true, message: t("aliasMissing") }]}>
            <Input autoFocus maxLength={63} />
          </Form.Item>
        </FormModal>
      )}
      {dialog === "deploy" && (
        <DeployDialog model={version.model} number={version.number} onClose={() => setDialog(null)} />
      )}
    </>
  );
}
