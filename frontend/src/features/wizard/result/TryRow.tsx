import { SwapOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../../api/client";
import { columnsOf } from "../../../data/parts";
import { fetchRows } from "../../../data/source";
import { useArtifactJson } from "../../../data/useArtifactJson";
import { ErrorNotice } from "../../../lib/ErrorNotice";
import { Loading } from "../../../lib/Loading";
import { rowOf, specOfColumns } from "../../deployments/tryForm";
import { TRY_ROW } from "./sides";
import { TryCard } from "./TryCard";
import { useSideRun } from "./useSideRun";

const MODEL_CARD = "patchbay.json";
/** Fields that are shown at once; all others are folded. */
const FIRST = 12;

interface TryRowProps {
  project: string;
  run: Schemas["Run"];
  /** Artifacts: the model that answers, and the predicted test rows, which give examples; null: there are none. */
  model: string;
  examples: string | null;
  /** Columns that matter most. */
  drivers: readonly string[];
  words: "model" | "unusual" | "groups";
}

/** A row typed by hand: what the model answers, and why. */
export function TryRow({ project, run, model, examples, drivers, words }: TryRowProps) {
  const { t } = useTranslation("report");
  const card = useArtifactJson(project, model, MODEL_CARD);
  const columns = useMemo(() => columnsOf(card.data?.input_schema), [card.data]);
  // What was typed instead of the example's values.
  const [values, setValues] = useState<Record<string, unknown>>({});
  const [place, setPlace] = useState(0);
  const example = useQuery({
    queryKey: ["example-row", project, examples, place],
    queryFn: ({ signal }) =>
      fetchRows({ kind: "artifact", project, id: examples ?? "" }, { offset: place, limit: 1 }, signal),
    enabled: examples !== null,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: (before) => before,
  });
  const { data } = example;
  const row = useMemo(
    () => Object.fromEntries(data?.columns.map(({ name }, at) => [name, data.rows[0]?.[at]]) ?? []),
    [data],
  );
  const spec = useMemo(
    () => specOfColumns(columns, { row, first: drivers.slice(0, FIRST), most: FIRST, others: t("try.others") }),
    [columns, row, drivers, t],
  );
  const side = useSideRun(project, run, TRY_ROW.node);
  if (card.error) return <ErrorNotice error={card.error} onRetry={() => void card.refetch()} />;
  if (!card.data) return <Loading />;
  const total = data?.total ?? 0;
  const another = () => {
    setValues({});
    setPlace((place + 1 + Math.floor(Math.random() * (total - 1))) % total);
  };
  return (
    <TryCard
      project={project}
      title={t("try.title")}
      help={t(`try.help.${words}`)}
      ask={t("try.ask")}
      coming={t("try.coming")}
      actions={
        total > 1 && (
          <Button size="small" icon={<SwapOutlined />} onClick={another}>
            {t("try.another")}
          </Button>
        )
      }
      spec={spec}
      values={values}
      onChange={setValues}
      side={side}
      onAsk={() => void side.start({ [TRY_ROW.param]: [rowOf(columns, { ...row, ...values })] })}
    />
  );
}
