import { useQuery, useQueryClient } from "@tanstack/react-query";
import i18next from "i18next";
import { useEffect, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { useMayHereWhenKnown, useProjectName, useProjectPath } from "../../api/project";
import { readDocument } from "../../canvas/model/document";
import { FlowEditor } from "../../canvas/view/FlowEditor";
import { ErrorNotice } from "../../lib/ErrorNotice";
import { Loading } from "../../lib/Loading";
import { Page } from "../../lib/Page";
import { openedFlowQuery } from "./openedFlow";

// Not one after the other when the parts of the page come to need them.
void i18next.loadNamespaces(["canvas", "forms", "runs"]);

/** One flow on its canvas. */
export function Component() {
  const { t } = useTranslation();
  const project_name = useProjectName();
  const path = useProjectPath();
  const flow = useParams().flow ?? "";
  const mayWrite = useMayHereWhenKnown("flow.write");
  const client = useQueryClient();
  const answer = useQuery(openedFlowQuery(project_name, flow));
  useEffect(
    () => () => client.removeQueries({ queryKey: openedFlowQuery(project_name, flow).queryKey }),
    [client, project_name, flow],
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
