import { LineChartOutlined } from "@ant-design/icons";
import { Button, Checkbox, Select, type TableColumnsType } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { queries, type Schemas } from "../../api/client";
import { useProjectName, useProjectPath } from "../../api/project";
import { Ago } from "../../lib/Ago";
import { useFormat } from "../../lib/format";
import { LinkButton } from "../../lib/LinkButton";
import { Page } from "../../lib/Page";
import { PagedTable, useListAddress } from "../../lib/PagedTable";
import { Teach } from "../../lib/Teach";
import { Duration } from "./parts/Duration";
import { importedDataset, sourceOfRun, useFlowText } from "./parts/flowOfRun";
import { StateTag, useStateText } from "./parts/StateTag";

const STATES = ["queued", "running", "done", "failed", "cancelled"] as const;

export function Component() {
  const { t } = useTranslation("runs");
  const project_name = useProjectName();
  const to = useProjectPath();
  const navigate = useNavigate();
  const address = useListAddress();
  const state = STATES.find((known) => known === address.get("state"));
  const flow = address.get("flow") ?? undefined;
  const who = address.get("who") ?? undefined;
  const [compared, setCompared] = useState<readonly number[]>([]);
  const query = queries.useQuery(
    "get",
    "/api/v1/projects/{project_name}/runs",
    {
      params: {
        path: { project_name },
        query: {
          limit: 50,
          ...(address.cursor && { cursor: address.cursor }),
          ...(state && { state }),
          ...(flow && { flow }),
          ...(who && { who }),
        },
      },
    },
    {
      refetchInterval: ({ state: { data } }) =>
        data?.items.some((run) => run.state === "queued" || run.state === "running") ? 2000 : 15_000,
    },
  );
  const isFiltered = Boolean(state || flow || who);
  const columns = useColumns(compared, (run) =>
    setCompared((before) => (before.includes(run) ? before.filter((id) => id !== run) : [...before, run].slice(-2))),
  );
  const [a, b] = [...compared].sort((left, right) => left - right);
  return (
    <Page
      title={t("runs")}
      about={t("runsAbout")}
      actions={
        <Button
          disabled={a === undefined || b === undefined}
          onClick={() => void navigate(to(`/compare?a=${a}&b=${b}`))}
          title={t("compareHelp")}
        >
          {t("compare")}
        </Button>
      }
    >
      <PagedTable
        label={t("runs")}
        columns={columns}
        rowKey={(run) => run.id}
        query={query}
        filters={<Filters state={state} flow={flow} who={who} change={address.change} />}
        empty={
          isFiltered ? (
            <Teach
              title={t("noMatch")}
              action={
                <Button onClick={() => address.change({ state: null, flow: null, who: null })}>{t("noFilter")}</Button>
              }
            />
          ) : (
            <Teach
              icon={<LineChartOutlined />}
              title={t("noRuns")}
              action={
                <LinkButton to={to("/flows")} type="primary">
                  {t("toFlows")}
                </LinkButton>
              }
            >
              {t("noRunsHelp")}
            </Teach>
          )
        }
      />
    </Page>
  );
}

interface FiltersProps {
  state: string | undefined;
  flow: string | undefined;
  who: string | undefined;
  change: (change: Record<string, string | null>) => void;
}

function Filters({ state, flow, who, change }: FiltersProps) {
  const { t } = useTranslation("runs");
  const text = useStateText();
  const project_name = useProjectName();
  const [search, setSearch] = useState("");
  const flows = queries.useQuery("get", "/api/v1/projects/{project_name}/flows", {
    params: { path: { project_name }, query: { limit: 50, ...(search && { q: search }) } },
  });
  const members = queries.useQuery("get", "/api/v1/projects/{project_name}/members", {
    params: { path: { project_name } },
  });
  return (
    <>
      <Select
        style={{ width: 200 }}
        allowClear
        showSearch={{ onSearch: setSearch, filterOption: false }}
        placeholder={t("flow")}
        aria-label={t("flow")}
        value={flow}
        onChange={(value: string | undefined) => change({ flow: value ?? null })}
        options={flows.data?.items.map(({ name }) => ({ value: name, label: name })) ?? []}
      />
      <Select
        style={{ width: 150 }}
        allowClear
        placeholder={t("stateTitle")}
        aria-label={t("stateTitle")}
        value={state}
        onChange={(value: string | undefined) => change({ state: value ?? null })}
        options={STATES.map((value) => ({ value, label: text(value) }))}
      />
      <Select
        style={{ width: 170 }}
        allowClear
        showSearch
        placeholder={t("who")}
        aria-label={t("who")}
        value={who}
        onChange={(value: string | undefined) => change({ who: value ?? null })}
        options={members.data?.items.map(({ name, title }) => ({ value: name, label: title || name })) ?? []}
      />
    </>
  );
}

function useColumns(compared: readonly number[], toggle: (run: number) => void): TableColumnsType<Schemas["Run"]> {
  const { t } = useTranslation("runs");
  const to = useProjectPath();
  const flowText = useFlowText();
  const format = useFormat();
  return [
    {
      key: "compare",
      width: 44,
      title: <span className="visually-hidden">{t("compare")}</span>,
      render: (_, run) => (
        <Checkbox
          checked={compared.includes(run.id)}
          aria-label={t("compareRun", { run: run.id })}
          onChange={() => toggle(run.id)}
        />
      ),
    },
    {
      key: "id",
      title: t("run.title"),
      width: 90,
      render: (_, run) => <Link to={to(`/runs/${run.id}`)}>#{run.id}</Link>,
    },
    {
      key: "state",
      title: t("stateTitle"),
      render: (_, run) => (
        <Link to={to(`/runs/${run.id}`)} tabIndex={-1}>
          <StateTag state={run.state} />
          {run.queue && <> {t("queuePosition", { position: run.queue.position })}</>}
        </Link>
      ),
    },
    {
      key: "flow",
      title: t("flow"),
      render: (_, run) =>
        importedDataset(run.flow) === null ? (
          <Link to={to(`/flows/${encodeURIComponent(run.flow)}`)}>
            {flowText(run)} <span className="numbers">· {t("revisionShort", { revision: run.revision })}</span>
          </Link>
        ) : (
          <Link to={to(sourceOfRun(run))}>{flowText(run)}</Link>
        ),
    },
    {
      key: "mode",
      title: t("what"),
      render: (_, run) =>
        run.mode.kind === "all" ? t("mode.all") : t(`mode.${run.mode.kind}`, { nodes: run.mode.nodes.join(", ") }),
    },
    {
      key: "who",
      title: t("who"),
      render: (_, run) => (
        <span title={run.scheduled_at === null ? undefined : t("forTime", { time: format.time(run.scheduled_at) })}>
          {run.created_by ?? t("platform")}
          {run.schedule !== null && <> · {t("bySchedule", { name: run.schedule })}</>}
          {run.backfill_id !== null && <> · {t("byBackfill", { backfill: run.backfill_id })}</>}
        </span>
      ),
    },
    {
      key: "at",
      title: t("startedAt"),
      render: (_, run) => <Ago at={run.created_at} />,
    },
    {
      key: "duration",
      title: t("duration"),
      align: "right",
      render: (_, run) => <Duration from={run.started_at} to={run.ended_at} isRunning={run.state === "running"} />,
    },
  ];
}
