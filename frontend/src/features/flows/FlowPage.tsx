import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { queries } from "../../api/client";
import { useMayHereWhenKnown, useProjectName, useProjectPath } from "../../api/project";
import { readDocument } from "../../canvas/model/document";
import { FlowEditor } from "../../canvas/view/FlowEditor";
import { ErrorNotice } from "../../lib/ErrorNotice";
import { Loading } from "../../lib/Loading";
import { Page } from "../../lib/Page";

/** One flow on its canvas. */
export function Component() {
  const { t } = useTranslation();
  const project_name = useProjectName();
  const path = useProjectPath();
  const flow = useParams().flow ?? "";
  const mayWrite = useMayHereWhenKnown("flow.write");
  // Read when it is opened; from then on saving keeps it up to date.
  const answer = queries.useQuery(
    "get",
    "/api/v1/projects/{project_name}/flows/{flow}",
    { params: { path: { project_name, flow } } },
    { staleTime: 0, gcTime: 0, refetchOnWindowFocus: false, refetchOnReconnect: false },
  );
  const { data, error } = answer;
  const read = useMemo(() => (data ? { document: readDocument(data.document), version: data.number } : null), [data]);
  if (error) {
    return (
      <Page title={flow} back={{ to: path("/flows"), label: t("nav.flows") }}>
        <ErrorNotice error={error} onRetry={() => void answer.refetch()} />
      </Page>
    );
  }
  return (
    <>
      <title>{`${flow} · Patchbay`}</title>
      {read && mayWrite !== null ? (
        <FlowEditor
          key={`${project_name}/${flow}`}
          project={project_name}
          document={read.document}
          version={read.version}
          readOnly={!mayWrite}
        />
      ) : (
        <Loading />
      )}
    </>
  );
}
