import { Button, Modal, Select } from "antd";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { queries, type Schemas } from "../../../api/client";
import { useProjectName } from "../../../api/project";
import { ErrorNotice } from "../../../lib/ErrorNotice";
import { useFormat } from "../../../lib/format";
import { ImportRun } from "../import/ImportRun";
import { startImport } from "../import/startImport";
import styles from "./Versions.module.css";

/** A table that a run made becomes the next version, without running anything again. */
export function FromRun({ dataset, onClose }: { dataset: string; onClose: () => void }) {
  const { t } = useTranslation("datasets");
  const { t: common } = useTranslation();
  const project = useProjectName();
  const [run, setRun] = useState<number | null>(null);
  const id = useId();
  const [table, setTable] = useState<string | null>(null);
  const [started, setStarted] = useState<number | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const tables = useTables(project, run);
  const chosen = tables.find(({ key }) => key === table);
  const start = async () => {
    if (run === null || !chosen) return;
    setBusy(true);
    setError(null);
    try {
      setStarted((await startImport(project, dataset, { run, node: chosen.node, port: chosen.port })).run_id);
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal open title={t("fromRun.title", { name: dataset })} width={640} footer={null} onCancel={onClose}>
      {started !== null ? (
        <ImportRun run={started} dataset={dataset} onLeave={onClose} />
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void start();
          }}
        >
          <p className={styles.summary}>{t("fromRun.help")}</p>
          <RunField
            value={run}
            onChange={(id) => {
              setRun(id);
              setTable(null);
            }}
          />
          <div className={styles.field}>
            <label htmlFor={id}>{t("fromRun.table")}</label>
            <Select
              id={id}
              showSearch
              disabled={run === null}
              value={table}
              placeholder={t(run === null ? "fromRun.runFirst" : "fromRun.chooseTable")}
              notFoundContent={t("fromRun.noTables")}
              options={tables.map(({ key, label }) => ({ value: key, label }))}
              onChange={setTable}
            />
          </div>
          {error !== null && <ErrorNotice error={error} />}
          <div className="form-buttons">
            <Button onClick={onClose}>{common("cancel")}</Button>
            <Button type="primary" htmlType="submit" loading={isBusy} disabled={!chosen}>
              {t("import.start")}
            </Button>
          </div>
        </form>
      )}
    </Modal>
  );
}

function RunField({ value, onChange }: { value: number | null; onChange: (run: number) => void }) {
  const { t } = useTranslation("datasets");
  const format = useFormat();
  const project_name = useProjectName();
  const id = useId();
  const runs = queries.useQuery("get", "/api/v1/projects/{project_name}/runs", {
    params: { path: { project_name }, query: { limit: 100, state: "done" } },
  });
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{t("fromRun.run")}</label>
      <Select
        id={id}
        showSearch={{ optionFilterProp: "label" }}
        autoFocus
        loading={runs.isPending}
        value={value}
        placeholder={t("fromRun.chooseRun")}
        options={(runs.data?.items ?? []).map(({ id, flow, created_at }) => ({
          value: id,
          label: `#${id} · ${flow} · ${format.ago(created_at)}`,
        }))}
        onChange={onChange}
      />
    </div>
  );
}

interface MadeTable {
  key: string;
  node: string;
  port: string;
  label: string;
}

/** The tables that a run made: outputs of which rows are counted. */
function useTables(project_name: string, run: number | null): MadeTable[] {
  const { t } = useTranslation("datasets");
  const format = useFormat();
  const tasks = queries.useQuery(
    "get",
    "/api/v1/projects/{project_name}/runs/{run_id}/tasks",
    { params: { path: { project_name, run_id: run ?? 0 }, query: { limit: 200 } } },
    { enabled: run !== null },
  );
  return (tasks.data?.items ?? []).filter(isFirstOfNode).flatMap(({ path, rows }) =>
    Object.entries(rows).map(([port, count]) => ({
      key: `${path} ${port}`,
      node: path,
      port,
      label: `${path} · ${port} · ${t("rows", { rows: format.number(count), count })}`,
    })),
  );
}

/** Of a step that ran for many items the API takes the first. */
function isFirstOfNode(task: Schemas["Task"], index: number, all: readonly Schemas["Task"][]): boolean {
  return all.findIndex(({ path }) => path === task.path) === index;
}
