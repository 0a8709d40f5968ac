import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../../api/client";
import { fetchRows } from "../../../data/source";
import { shortened } from "../../../forms/numberText";
import type { Spec } from "../../../forms/SchemaForm";
import { ErrorNotice } from "../../../lib/ErrorNotice";
import { Loading } from "../../../lib/Loading";
import { type LastValues, lastValues } from "./lastValues";
import { TRY_ROW } from "./sides";
import { TryCard } from "./TryCard";
import { useSideRun } from "./useSideRun";

/** More than one series has of last values. */
const MOST = 50;

interface TryLastProps {
  project: string;
  run: Schemas["Run"];
  /** The table of the last values: series where there are several, time, value. */
  latest: string;
}

/** The last values of a series, changed by hand: what would come next. */
export function TryLast({ project, run, latest }: TryLastProps) {
  const { t } = useTranslation("report");
  const [values, setValues] = useState<Record<string, unknown>>({});
  const rows = useQuery({
    queryKey: ["last-values", project, latest],
    queryFn: ({ signal }) => fetchRows({ kind: "artifact", project, id: latest }, { offset: 0, limit: MOST }, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const last = useMemo(() => rows.data && lastValues(rows.data), [rows.data]);
  const spec = useMemo(() => specOf(last), [last]);
  const side = useSideRun(project, run, TRY_ROW.node);
  if (rows.error) return <ErrorNotice error={rows.error} onRetry={() => void rows.refetch()} />;
  if (!last) return <Loading />;
  return (
    <TryCard
      project={project}
      title={t("tryLast.title")}
      help={t("tryLast.help", { series: last.series ?? last.target })}
      ask={t("tryLast.ask")}
      coming={t("tryLast.coming")}
      spec={spec}
      values={values}
      onChange={setValues}
      side={side}
      onAsk={() => void side.start({ [TRY_ROW.param]: last.withChanges(values) })}
    />
  );
}

function specOf(last: LastValues | undefined): Spec {
  const fields = last?.fields ?? [];
  return {
    id: "last",
    version: "1",
    category: "apply",
    icon: "",
    inputs: [],
    outputs: [],
    params: {
      properties: Object.fromEntries(
        fields.map(({ key, title, value }) => [
          key,
          { type: "number", title, ...(value !== null && { default: shortened(value) }) },
        ]),
      ),
    },
    ui: [{ section: "", fields: fields.map(({ key }) => key) }],
    i18n: {},
  };
}
