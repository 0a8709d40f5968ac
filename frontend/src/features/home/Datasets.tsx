import { DatabaseOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { queries } from "../../api/client";
import { useProjectName, useProjectPath } from "../../api/project";
import { useFormat } from "../../lib/format";
import { LinkButton } from "../../lib/LinkButton";
import { Teach } from "../../lib/Teach";
import { Block } from "./Block";

/** Datasets of the project. */
export function Datasets({ mayAdd }: { mayAdd: boolean }) {
  const { t } = useTranslation("home");
  const project_name = useProjectName();
  const here = useProjectPath();
  const format = useFormat();
  const datasets = queries.useQuery("get", "/api/v1/projects/{project_name}/datasets", {
    params: { path: { project_name }, query: { limit: 6 } },
  });
  return (
    <Block
      title={t("datasets")}
      actions={<Link to={here("/datasets")}>{t("all")}</Link>}
      query={datasets}
      rows={(datasets.data?.items ?? []).map((dataset) => ({
        key: dataset.name,
        to: here(`/datasets/${encodeURIComponent(dataset.name)}`),
        icon: <DatabaseOutlined />,
        name: dataset.meta.title || dataset.name,
        about:
          dataset.rows === null
            ? t("noRows")
            : t("size", { rows: format.number(dataset.rows), columns: format.number(dataset.columns ?? 0) }),
      }))}
      empty={
        <Teach
          icon={<DatabaseOutlined />}
          title={t("noDatasets")}
          action={
            mayAdd && (
              <LinkButton to={here("/datasets?add=file")} type="primary">
                {t("addData")}
              </LinkButton>
            )
          }
        >
          {t("noDatasetsHelp")}
        </Teach>
      }
    />
  );
}
