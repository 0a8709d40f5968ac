import { useTranslation } from "react-i18next";
import { useParams, useSearchParams } from "react-router";
import { useProjectName, useProjectPath } from "../../api/project";
import { RunProvider, useRunState, useRunStore } from "../../canvas/run/runState";
import { ErrorNotice } from "../../lib/ErrorNotice";
import { Loading } from "../../lib/Loading";
import { Page } from "../../lib/Page";
import { importedDataset, useFlowText } from "./parts/flowOfRun";
import { RunActions } from "./RunActions";
import { RunContent } from "./RunContent";
import { RunSummary } from "./RunSummary";

export function Component() {
  const { t } = useTranslation("runs");
  const { run: name } = useParams();
  const project = useProjectName();
  const to = useProjectPath();
  const run = Number(name);
  if (!Number.isSafeInteger(run) || run < 1)
    return (
      <Page title={t("run.title")} back={{ to: to("/runs"), label: t("runs") }}>
        <ErrorNotice error={new Error(t("noSuchRun", { run: name ?? "" }))} />
      </Page>
    );
  return (
    <RunProvider project={project} run={run}>
      <RunPage project={project} run={run} />
    </RunProvider>
  );
}

function RunPage({ project, run }: { project: string; run: number }) {
  const { t } = useTranslation("runs");
  const to = useProjectPath();
  const store = useRunStore();
  const flowText = useFlowText();
  const model = useRunState((state) => (state.model?.run.id === run ? state.model : null));
  const error = useRunState((state) => state.error);
  const dataset = model && importedDataset(model.run.flow);
  const title = dataset
    ? t("runOfImport", { run, dataset })
    : model
      ? t("runOf", { run, flow: flowText(model.run) })
      : t("runNumber", { run });
  const [address, setAddress] = useSearchParams();
  const change = (values: Record<string, string | null>) =>
    setAddress(
      (before) => {
        const after = new URLSearchParams(before);
        for (const [key, value] of Object.entries(values)) value === null ? after.delete(key) : after.set(key, value);
        return after;
      },
      { replace: true },
    );
  return (
    <Page
      title={title}
      back={{ to: to("/runs"), label: t("runs") }}
      actions={model && <RunActions project={project} run={model.run} />}
    >
      {error ? (
        <ErrorNotice
          error={error}
          onRetry={() => {
            store.open(null);
            store.open(run);
          }}
        />
      ) : model ? (
        <>
          <RunSummary project={project} model={model} />
          <RunContent
            project={project}
            model={model}
            tab={address.get("tab")}
            task={Number(address.get("task")) || null}
            onChange={change}
          />
        </>
      ) : (
        <Loading />
      )}
    </Page>
  );
}
