import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../../../api/client";
import { Ago } from "../../../lib/Ago";
import { ErrorNotice } from "../../../lib/ErrorNotice";
import { useFlow } from "../../store/flowStore";
import inspector from "../Inspector.module.css";
import { usePanels } from "../panelStore";
import { Sheet } from "../Sheet";
import { groupRevisions, type RevisionGroup, type RevisionSummary } from "./groups";
import styles from "./RevisionsPanel.module.css";
import { useRevisionAddress } from "./useRevision";

const PAGE = 60;

/** Everything that was ever saved of this flow, newest first. */
export function RevisionsPanel() {
  const { t } = useTranslation("canvas");
  const project = useFlow((flow) => flow.project);
  const name = useFlow((flow) => flow.name);
  const version = useFlow((flow) => flow.version);
  const close = usePanels((panels) => panels.close);
  const pages = useInfiniteQuery({
    queryKey: ["revisions", project, name, version],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) => readPage(project, name, pageParam),
    getNextPageParam: (page) => page.next,
    placeholderData: (before) => before,
  });
  const revisions = pages.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Sheet title={t("panels.revisions.label")} onClose={close}>
      <div className={inspector.sheetBody}>
        <p className={inspector.help}>{t("panels.revisions.about")}</p>
        {pages.error && <ErrorNotice error={pages.error} onRetry={() => void pages.refetch()} />}
        {pages.isPending && <Skeleton active title={false} paragraph={{ rows: 6 }} />}
        <ol className={styles.list}>
          {groupRevisions(revisions).map((group) => (
            <Group key={group.revisions[0].number} group={group} current={version} />
          ))}
        </ol>
        {revisions.length === 1 && <p className={inspector.help}>{t("panels.revisions.empty")}</p>}
        {pages.hasNextPage && (
          <Button size="small" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
            {t("panels.revisions.more")}
          </Button>
        )}
      </div>
    </Sheet>
  );
}

async function readPage(project: string, flow: string, cursor: string | null): Promise<Schemas["FlowSummaryPage"]> {
  const { data } = await api.GET("/api/v1/projects/{project_name}/flows/{flow}/revisions", {
    params: { path: { project_name: project, flow }, query: { limit: PAGE, ...(cursor !== null && { cursor }) } },
  });
  return data ?? { items: [], next: null };
}

function Group({ group, current }: { group: RevisionGroup; current: number }) {
  const { t } = useTranslation("canvas");
  const [isOpen, setOpen] = useState(false);
  const [newest, ...others] = group.revisions;
  return (
    <li>
      <Line revision={newest} current={current} />
      {isOpen && others.map((revision) => <Line key={revision.number} revision={revision} current={current} isInner />)}
      {others.length > 0 && !isOpen && (
        <button type="button" className={styles.all} onClick={() => setOpen(true)}>
          {t("panels.revisions.saves", { count: group.revisions.length })} · {t("panels.revisions.showAll")}
        </button>
      )}
    </li>
  );
}

interface LineProps {
  revision: RevisionSummary;
  current: number;
  isInner?: boolean;
}

function Line({ revision, current, isInner = false }: LineProps) {
  const { t } = useTranslation("canvas");
  const { open } = useRevisionAddress();
  const { number, created_at, created_by } = revision;
  return (
    <button
      type="button"
      className={styles.line}
      data-inner={isInner ? "" : undefined}
      aria-label={t("panels.revisions.open", { number })}
      onClick={() => open(number)}
    >
      <span className={styles.number}>{number}</span>
      <span className={styles.when}>
        <Ago at={created_at} />
        <span className={styles.who}>{created_by ?? t("panels.revisions.system")}</span>
      </span>
      {number === current && <span className={styles.now}>{t("panels.revisions.now")}</span>}
    </button>
  );
}
