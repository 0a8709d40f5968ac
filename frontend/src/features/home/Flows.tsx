import { ApartmentOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { queries } from "../../api/client";
import { useProjectName, useProjectPath } from "../../api/project";
import { Ago } from "../../lib/Ago";
import { LinkButton } from "../../lib/LinkButton";
import { useLocalize } from "../../lib/localize";
import { Teach } from "../../lib/Teach";
import { Block } from "./Block";

/** The flows of the project that were changed last. */
export function Flows({ mayCreate }: { mayCreate: boolean }) {
  const { t } = useTranslation("home");
  const project_name = useProjectName();
  const here = useProjectPath();
  const localize = useLocalize();
  const flows = queries.useQuery("get", "/api/v1/projects/{project_name}/flows", {
    params: { path: { project_name }, query: { limit: 200 } },
  });
  const latest = [...(flows.data?.items ?? [])].sort((a, b) => b.created_at - a.created_at).slice(0, 6);
  return (
    <Block
      title={t("flows")}
      actions={<Link to={here("/flows")}>{t("all")}</Link>}
      query={flows}
      rows={latest.map((flow) => ({
        key: flow.name,
        to: here(`/flows/${encodeURIComponent(flow.name)}`),
        icon: <ApartmentOutlined />,
        name: localize(flow.title as string | Record<string, string> | null) || flow.name,
        about: (
          <>
            {t("nodes", { count: flow.nodes })} · <Ago at={flow.created_at} />
          </>
        ),
      }))}
      empty={
        <Teach
          icon={<ApartmentOutlined />}
          title={t("noFlows")}
          action={
            mayCreate && (
              <LinkButton to={here("/flows?new=1")} type="primary">
                {t("newFlow")}
              </LinkButton>
            )
          }
        >
          {t("noFlowsHelp")}
        </Teach>
      }
    />
  );
}
