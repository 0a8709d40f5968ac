import { ExperimentOutlined } from "@ant-design/icons";
import { Checkbox, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { queries } from "../../api/client";
import { useProjectName, useProjectPath } from "../../api/project";
import { useMetricName } from "../../charts/words";
import { Ago } from "../../lib/Ago";
import { LinkButton } from "../../lib/LinkButton";
import { Page } from "../../lib/Page";
import { PagedTable, useListAddress } from "../../lib/PagedTable";
import { Teach } from "../../lib/Teach";
import { Aliases } from "./Aliases";
import styles from "./Models.module.css";
import { type Model, modelPath } from "./model";

/** The registered models of a project. */
export function Component() {
  const { t } = useTranslation("models");
  const project_name = useProjectName();
  const path = useProjectPath();
  const { q, cursor, get, change } = useListAddress();
  const archived = get("archived") !== null;
  const models = queries.useQuery("get", "/api/v1/projects/{project_name}/models", {
    params: {
      path: { project_name },
      query: { ...(q && { q }), ...(cursor && { cursor }), ...(archived && { archived }) },
    },
  });
  const isEmpty = models.data?.items.length === 0 && !q && !cursor && !archived;
  return (
    <Page title={t("title")} about={t("about")}>
      <PagedTable<Model>
        label={t("title")}
        columns={useColumns()}
        rowKey={({ name }) => name}
        query={models}
        search={t("search")}
        {...(!isEmpty && {
          filters: (
            <Checkbox checked={archived} onChange={({ target }) => change({ archived: target.checked ? "yes" : null })}>
              {t("archivedOnes")}
            </Checkbox>
          ),
        })}
        empty={
          archived ? (
            t("noArchived")
          ) : (
            <Teach
              icon={<ExperimentOutlined />}
              title={t("none")}
              action={<LinkButton to={path("/runs")}>{t("toRuns")}</LinkButton>}
            >
              {t("noneHelp")}
            </Teach>
          )
        }
      />
    </Page>
  );
}

function useColumns(): TableColumnsType<Model> {
  const { t } = useTranslation("models");
  const metric = useMetricName();
  const path = useProjectPath();
  return [
    {
      title: t("model"),
      key: "model",
      render: (_, { name, description }) => (
        <div className={styles.pair}>
          <Link to={path(modelPath(name))} className={styles.title}>
            {name}
          </Link>
          {description && <span className={styles.quiet}>{description}</span>}
        </div>
      ),
    },
    { title: t("task"), key: "task", render: (_, { task }) => (task ? metric(task) : "–") },
    {
      title: t("latest"),
      key: "latest",
      render: (_, { name, latest }) =>
        latest === null ? "–" : <Link to={path(modelPath(name, latest))}>{t("versionShort", { number: latest })}</Link>,
    },
    { title: t("aliases"), key: "aliases", render: (_, { name, aliases }) => <Aliases model={name} of={aliases} /> },
    {
      title: t("changed"),
      key: "changed",
      render: (_, { latest_at, created_at }) => <Ago at={latest_at ?? created_at} />,
    },
  ];
}
