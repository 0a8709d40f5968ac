import { useTranslation } from "react-i18next";
import { queries } from "../../api/client";
import { useMayHere, useProjectName } from "../../api/project";
import { useMay, useSession } from "../../api/session";
import { ErrorNotice } from "../../lib/ErrorNotice";
import { Page } from "../../lib/Page";
import { Datasets } from "./Datasets";
import { Flows } from "./Flows";
import styles from "./HomePage.module.css";
import { OnDuty } from "./OnDuty";
import { Reviews } from "./Reviews";
import { Runs } from "./Runs";

/** Where each role starts: what it works with comes first, what it may not touch is not there. */
export function Component() {
  const { t } = useTranslation("home");
  const project_name = useProjectName();
  const project = queries.useQuery("get", "/api/v1/projects/{project_name}", { params: { path: { project_name } } });
  const who = useSession().data?.name ?? "";
  const buildsFlows = useMayHere("flow.write");
  const bringsData = useMayHere("dataset.write");
  const managesPools = useMay("pool.manage");
  const reviews = useMay("operator.review");
  const title = project.data?.title || project_name;
  return (
    <Page title={title} about={project.data?.description || t("welcome", { name: who })}>
      {project.error ? (
        <ErrorNotice error={project.error} onRetry={() => void project.refetch()} />
      ) : (
        <div className={styles.blocks}>
          {managesPools && <OnDuty />}
          {reviews && <Reviews />}
          {buildsFlows && <Flows mayCreate />}
          {!buildsFlows && bringsData && <Datasets mayAdd />}
          <Runs />
          {buildsFlows && <Datasets mayAdd={bringsData} />}
          {!buildsFlows && <Flows mayCreate={false} />}
          {!bringsData && <Datasets mayAdd={false} />}
        </div>
      )}
    </Page>
  );
}
