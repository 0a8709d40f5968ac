import { CompassOutlined, PlusOutlined, UploadOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import { queries } from "../../api/client";
import { useMayHere, useMayHereWhenKnown, useProjectName, useProjectPath } from "../../api/project";
import { useMay, useSession } from "../../api/session";
import { ErrorNotice } from "../../lib/ErrorNotice";
import { LinkButton } from "../../lib/LinkButton";
import { Loading } from "../../lib/Loading";
import { Page } from "../../lib/Page";
import { Datasets } from "./Datasets";
import { Flows } from "./Flows";
import styles from "./HomePage.module.css";
import { OnDuty } from "./OnDuty";
import { Reviews } from "./Reviews";
import { Runs } from "./Runs";

/** Where each role starts: what it works with is large, what it looks at beside it, what it may not touch not there. */
export function Component() {
  const { t } = useTranslation("home");
  const project_name = useProjectName();
  const project = queries.useQuery("get", "/api/v1/projects/{project_name}", { params: { path: { project_name } } });
  const who = useSession().data?.name ?? "";
  const buildsFlows = useMayHereWhenKnown("flow.write");
  const bringsData = useMayHere("dataset.write");
  const managesPools = useMay("pool.manage");
  const reviews = useMay("operator.review");
  const isOnDuty = managesPools && !buildsFlows;
  return (
    <Page
      title={project.data?.title || project_name}
      about={project.data?.description || t("welcome", { name: who })}
      actions={<Beginnings buildsFlows={buildsFlows === true} bringsData={bringsData} />}
    >
      {project.error ? (
        <ErrorNotice error={project.error} onRetry={() => void project.refetch()} />
      ) : buildsFlows === null ? (
        <Loading />
      ) : (
        <div className={styles.columns}>
          <div className={styles.column}>
            {isOnDuty && <OnDuty />}
            {buildsFlows && <Flows mayCreate />}
            <Runs />
            {!buildsFlows && !isOnDuty && <Flows mayCreate={false} />}
          </div>
          <div className={styles.column}>
            {reviews && <Reviews />}
            {managesPools && !isOnDuty && <OnDuty />}
            <Datasets mayAdd={bringsData} />
            {isOnDuty && <Flows mayCreate={false} />}
          </div>
        </div>
      )}
    </Page>
  );
}

/** What somebody comes here to begin. */
function Beginnings({ buildsFlows, bringsData }: { buildsFlows: boolean; bringsData: boolean }) {
  const { t } = useTranslation("home");
  const here = useProjectPath();
  const usesWizards = useMayHere("wizard.use");
  return (
    <>
      {bringsData && (
        <LinkButton
          to={here("/datasets?add=file")}
          icon={<UploadOutlined />}
          type={buildsFlows || usesWizards ? "default" : "primary"}
        >
          {t("addData")}
        </LinkButton>
      )}
      {usesWizards && (
        <LinkButton to={here("/wizards")} icon={<CompassOutlined />} type={buildsFlows ? "default" : "primary"}>
          {t("wizards")}
        </LinkButton>
      )}
      {buildsFlows && (
        <LinkButton to={here("/flows?new=1")} icon={<PlusOutlined />} type="primary">
          {t("newFlow")}
        </LinkButton>
      )}
    </>
  );
}
