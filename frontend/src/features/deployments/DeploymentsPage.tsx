import { CloudServerOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, type TableColumnsType } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useMayHere, useProjectPath } from "../../api/project";
import { Ago } from "../../lib/Ago";
import { useFormat } from "../../lib/format";
import { LinkButton } from "../../lib/LinkButton";
import { Page } from "../../lib/Page";
import { PagedTable, useListAddress } from "../../lib/PagedTable";
import { Teach } from "../../lib/Teach";
import { modelPath } from "../models/model";
import { DeployDialog } from "./DeployDialog";
import styles from "./Deployments.module.css";
import { type Deployment, deploymentPath, useDeployments } from "./deployment";
import { StateTag } from "./StateTag";

/** What answers: every deployment of a project. */
export function Component() {
  const { t } = useTranslation("deployments");
  const path = useProjectPath();
  const mayWrite = useMayHere("deployment.write");
  const { q, cursor } = useListAddress();
  const deployments = useDeployments({ ...(q && { q }), ...(cursor && { cursor }) });
  const [isDeploying, setDeploying] = useState(false);
  return (
    <Page
      title={t("title")}
      about={t("about")}
      actions={
        mayWrite && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setDeploying(true)}>
            {t("deploy")}
          </Button>
        )
      }
    >
      <PagedTable<Deployment>
        label={t("title")}
        columns={useColumns()}
        rowKey={({ name }) => name}
        query={deployments}
        search={t("search")}
        empty={
          <Teach
            icon={<CloudServerOutlined />}
            title={t("none")}
            action={<LinkButton to={path("/models")}>{t("toModels")}</LinkButton>}
          >
            {t("noneHelp")}
          </Teach>
        }
      />
      {isDeploying && <DeployDialog onClose={() => setDeploying(false)} />}
    </Page>
  );
}

function useColumns(): TableColumnsType<Deployment> {
  const { t } = useTranslation("deployments");
  const format = useFormat();
  const path = useProjectPath();
  return [
    {
      title: t("deployment"),
      key: "deployment",
      render: (_, { name, message }) => (
        <div className={styles.pair}>
          <Link to={path(deploymentPath(name))} className={styles.title}>
            {name}
          </Link>
          {message && <span className={styles.quiet}>{message}</span>}
        </div>
      ),
    },
    { title: t("state"), key: "state", render: (_, { state }) => <StateTag state={state} /> },
    {
      title: t("model"),
      key: "model",
      render: (_, { model, number }) => (
        <Link to={path(modelPath(model, number))}>{`${model} ${t("versionShort", { number })}`}</Link>
      ),
    },
    {
      title: t("replicas"),
      key: "replicas",
      align: "right",
      render: (_, { replicas, live_replicas }) => <span className="numbers">{`${live_replicas} / ${replicas}`}</span>,
    },
    {
      title: t("requests"),
      key: "requests",
      align: "right",
      render: (_, { requests }) => <span className="numbers">{format.number(requests)}</span>,
    },
    {
      title: t("errors"),
      key: "errors",
      align: "right",
      render: (_, { errors }) => <span className="numbers">{format.number(errors)}</span>,
    },
    { title: t("changed"), key: "changed", render: (_, { changed_at }) => <Ago at={changed_at} /> },
  ];
}
