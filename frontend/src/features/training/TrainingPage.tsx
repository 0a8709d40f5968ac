import { RocketOutlined } from "@ant-design/icons";
import { Button, Select } from "antd";
import { useTranslation } from "react-i18next";
import { queries } from "../../api/client";
import { useProjectName, useProjectPath } from "../../api/project";
import { ErrorNotice } from "../../lib/ErrorNotice";
import { LinkButton } from "../../lib/LinkButton";
import { Loading } from "../../lib/Loading";
import { Page } from "../../lib/Page";
import { useListAddress } from "../../lib/PagedTable";
import { Teach } from "../../lib/Teach";
import { useStateText } from "../runs/parts/StateTag";
import { useSpecTexts } from "../runs/useSpecTexts";
import { Pager } from "./Pager";
import { TrainingDetails } from "./TrainingDetails";
import { TrainingList } from "./TrainingList";
import styles from "./TrainingPage.module.css";
import { chosenOf, isOver, overlaid, REFRESH } from "./training";

const STATES = ["waiting", "ready", "running", "done", "failed", "cancelled"] as const;
const LIMIT = 30;

/** What trains in a project, and how it goes. */
export function Component() {
  const { t } = useTranslation("training");
  const stateText = useStateText();
  const project_name = useProjectName();
  const to = useProjectPath();
  const address = useListAddress();
  const state = STATES.find((known) => known === address.get("state"));
  const trainings = queries.useQuery(
    "get",
    "/api/v1/projects/{project_name}/trainings",
    {
      params: {
        path: { project_name },
        query: { limit: LIMIT, ...(address.cursor && { cursor: address.cursor }), ...(state && { state }) },
      },
    },
    {
      refetchInterval: ({ state: { data } }) =>
        data?.items.some((training) => !isOver(training)) ? REFRESH.busy : REFRESH.idle,
      placeholderData: (before) => before,
    },
  );
  const items = trainings.data?.items ?? [];
  const specs = useSpecTexts(items.map(({ operator }) => operator));
  const chosen = chosenOf(items, Number(address.get("task")) || null);
  const ticked = (address.get("with") ?? "").split(",").map(Number).filter(Boolean);
  // Looking at another training is no new search: the page of the list stays.
  const look = (change: Record<string, string | null>) => address.change({ cursor: address.cursor ?? null, ...change });
  const tick = (id: number) => {
    const now = ticked.includes(id) ? ticked.filter((each) => each !== id) : [...ticked, id];
    look({ with: now.join(",") });
  };
  if (trainings.isPending) return <Loading />;
  const isBare = items.length === 0 && !state && !address.cursor;
  return (
    <Page title={t("title")} about={t("about")}>
      {trainings.error && <ErrorNotice error={trainings.error} onRetry={() => void trainings.refetch()} />}
      {isBare ? (
        !trainings.error && (
          <Teach
            icon={<RocketOutlined />}
            title={t("empty")}
            action={
              <LinkButton to={to("/flows")} type="primary">
                {t("toFlows")}
              </LinkButton>
            }
          >
            {t("emptyHelp")}
          </Teach>
        )
      ) : (
        <div className={styles.split}>
          <aside className={styles.side}>
            <Select
              allowClear
              placeholder={t("allStates")}
              aria-label={t("state")}
              value={state}
              onChange={(value: string | undefined) => address.change({ state: value ?? null, task: null })}
              options={STATES.map((value) => ({ value, label: stateText(value) }))}
            />
            {items.length === 0 ? (
              <Teach
                title={t("noMatch")}
                action={<Button onClick={() => address.change({ state: null })}>{t("noFilter")}</Button>}
              />
            ) : (
              <TrainingList
                trainings={items}
                operatorTitle={specs.title}
                chosen={chosen?.id ?? null}
                ticked={ticked}
                onChoose={(id) => look({ task: String(id) })}
                onTick={tick}
              />
            )}
            <Pager
              cursor={address.cursor}
              next={trainings.data?.next ?? null}
              onChange={(cursor) => address.change({ cursor, task: null })}
            />
          </aside>
          {chosen && (
            <TrainingDetails
              key={chosen.id}
              project={project_name}
              training={chosen}
              recipe={specs.title(chosen.operator)}
              together={overlaid(items, ticked, chosen.id)}
            />
          )}
        </div>
      )}
    </Page>
  );
}
