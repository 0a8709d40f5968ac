import { DeleteOutlined, KeyOutlined, SwapOutlined } from "@ant-design/icons";
import { Alert, Button, Popconfirm, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams } from "react-router";
import { api, etag } from "../../api/client";
import { useMayHere, useProjectName, useProjectPath } from "../../api/project";
import { ErrorNotice } from "../../lib/ErrorNotice";
import { FormModal } from "../../lib/FormModal";
import { useFormat } from "../../lib/format";
import { Loading } from "../../lib/Loading";
import { Card, Page } from "../../lib/Page";
import { ShowOnce } from "../../lib/ShowOnce";
import { useAct } from "../../lib/useAct";
import { modelPath } from "../models/model";
import { ReplicasField, VersionField } from "./DeployDialog";
import styles from "./Deployments.module.css";
import { DEPLOYMENT_PATH, type DeploymentDetail, useDeployment } from "./deployment";
import { StateTag } from "./StateTag";
import { Traffic } from "./Traffic";
import { TryIt } from "./TryIt";

/** One deployment: how it does, what it answers, what it is to be. */
export function Component() {
  const { t } = useTranslation("deployments");
  const name = useParams().deployment ?? "";
  const path = useProjectPath();
  const known = useDeployment(name);
  const back = { to: path("/deployments"), label: t("title") };
  if (known.error)
    return (
      <Page title={name} back={back}>
        <ErrorNotice error={known.error} onRetry={() => void known.refetch()} />
      </Page>
    );
  if (!known.data) return <Loading />;
  return (
    <Page
      title={name}
      back={back}
      about={<StateTag state={known.data.state} />}
      actions={<Actions deployment={known.data} />}
    >
      {known.data.message && (
        <Alert type={known.data.state === "failing" ? "error" : "info"} showIcon title={known.data.message} />
      )}
      <Facts deployment={known.data} />
      <Traffic name={name} />
      <TryIt key={`${known.data.model} ${known.data.number}`} deployment={known.data} />
    </Page>
  );
}

function Facts({ deployment }: { deployment: DeploymentDetail }) {
  const { t } = useTranslation("deployments");
  const format = useFormat();
  const path = useProjectPath();
  const { model, number, live, replicas, live_replicas, cpu, memory, url } = deployment;
  return (
    <Card>
      <dl className={styles.tiles}>
        <div>
          <dt>{t("model")}</dt>
          <dd>
            <Link to={path(modelPath(model, number))}>{`${model} ${t("versionShort", { number })}`}</Link>
          </dd>
        </div>
        <div>
          <dt>{t("answers")}</dt>
          <dd>{live === null ? "–" : t("versionShort", { number: live })}</dd>
        </div>
        <div>
          <dt>{t("replicas")}</dt>
          <dd className="numbers">{`${live_replicas} / ${replicas}`}</dd>
        </div>
        <div>
          <dt>{t("each")}</dt>
          <dd className="numbers">{t("slots", { cpu: format.number(cpu), memory: format.bytes(memory) })}</dd>
        </div>
      </dl>
      {url && (
        <p className={styles.endpoint}>
          {t("endpoint")}{" "}
          <Typography.Text code copyable>
            {url}
          </Typography.Text>
        </p>
      )}
    </Card>
  );
}

function Actions({ deployment }: { deployment: DeploymentDetail }) {
  const { t } = useTranslation("deployments");
  const mayWrite = useMayHere("deployment.write");
  const project_name = useProjectName();
  const navigate = useNavigate();
  const path = useProjectPath();
  const { act, isBusy } = useAct();
  /** As it was when the dialog was opened: whoever changes it meanwhile is not overwritten. */
  const [changing, setChanging] = useState<DeploymentDetail | null>(null);
  const [key, setKey] = useState<string | null>(null);
  if (!mayWrite || deployment.state === "stopping") return null;
  const params = { path: { project_name, name: deployment.name } };
  const renew = async () => {
    const { data } = await api.POST(`${DEPLOYMENT_PATH}/key`, { params });
    if (data) setKey(data.key);
  };
  const remove = async () => {
    if (await act(() => api.DELETE(DEPLOYMENT_PATH, { params }), t("removed"))) void navigate(path("/deployments"));
  };
  return (
    <>
      <Button type="primary" icon={<SwapOutlined />} onClick={() => setChanging(deployment)}>
        {t("replace")}
      </Button>
      <Popconfirm title={t("renewSure")} okText={t("renew")} onConfirm={() => void act(renew)}>
        <Button icon={<KeyOutlined />} loading={isBusy}>
          {t("renew")}
        </Button>
      </Popconfirm>
      <Popconfirm title={t("removeSure", { name: deployment.name })} okText={t("remove")} onConfirm={remove}>
        <Button danger icon={<DeleteOutlined />} loading={isBusy}>
          {t("remove")}
        </Button>
      </Popconfirm>
      {changing && (
        <FormModal<{ number: number | null; replicas: number }>
          title={t("replace")}
          submit={t("replace")}
          initial={{ number: changing.number, replicas: changing.replicas }}
          onSubmit={async ({ number, replicas }) => {
            const header = { "If-Match": etag(changing.version) };
            const body = { model: changing.model, number: number ?? null, replicas };
            await api.PUT(DEPLOYMENT_PATH, { params: { ...params, header }, body });
          }}
          onClose={() => setChanging(null)}
        >
          <p>{t("replaceHelp")}</p>
          <VersionField model={changing.model} />
          <ReplicasField />
        </FormModal>
      )}
      {key !== null && <ShowOnce title={t("keyTitle")} about={t("keyHelp")} value={key} onClose={() => setKey(null)} />}
    </>
  );
}
