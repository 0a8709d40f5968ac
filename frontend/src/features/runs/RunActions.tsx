import { Button, Popconfirm } from "antd";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { queries } from "../../api/client";
import { useMayHere, useProjectPath } from "../../api/project";
import type { Run } from "../../canvas/run/runModel";
import { importedDataset, sourceOfRun } from "./parts/flowOfRun";
import { useRunActions } from "./parts/useRunActions";

/** What can be done with a run: end it, go on with it, compare it, open its flow as it was. */
export function RunActions({ project, run }: { project: string; run: Run }) {
  const { t } = useTranslation("runs");
  const to = useProjectPath();
  const navigate = useNavigate();
  const actions = useRunActions(project);
  const mayControl = useMayHere("run.control");
  const mayStart = useMayHere("run.start");
  const isOpen = run.state === "queued" || run.state === "running";
  const before = queries.useQuery("get", "/api/v1/projects/{project_name}/runs", {
    params: { path: { project_name: project }, query: { flow: run.flow, limit: 20 } },
  });
  // The run before this one is what people compare with.
  const other = before.data?.items.find(({ id }) => id < run.id)?.id;
  const resume = async () => {
    const next = await actions.resume(run.id);
    if (next !== null) void navigate(to(`/runs/${next}`));
  };
  return (
    <>
      {isOpen && mayControl && (
        <Popconfirm
          title={t("cancelSure")}
          okText={t("cancelRun")}
          cancelText={t("goOn")}
          onConfirm={() => void actions.cancel(run.id)}
        >
          <Button danger loading={actions.isBusy || run.cancel_requested}>
            {t(run.cancel_requested ? "cancelling" : "cancelRun")}
          </Button>
        </Popconfirm>
      )}
      {(run.state === "failed" || run.state === "cancelled") && mayStart && (
        <Button type="primary" loading={actions.isBusy} title={t("run.resumeHelp")} onClick={() => void resume()}>
          {t("run.resume")}
        </Button>
      )}
      <Button onClick={() => void navigate(to(`/compare?a=${other ?? ""}&b=${run.id}`))}>{t("compare")}</Button>
      <Button onClick={() => void navigate(to(sourceOfRun(run)))}>
        {t(importedDataset(run.flow) === null ? "openFlow" : "openDataset")}
      </Button>
    </>
  );
}
