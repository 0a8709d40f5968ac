import { ApartmentOutlined, ImportOutlined, PlusOutlined } from "@ant-design/icons";
import { App, Button, type TableColumnsType } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { queries } from "../../api/client";
import { useMayHere, useProjectName, useProjectPath } from "../../api/project";
import { chooseFile, readFlowFile, TransferError } from "../../canvas/panels/transfer";
import { Ago } from "../../lib/Ago";
import { useLocalize } from "../../lib/localize";
import { messageOf } from "../../lib/messageOf";
import { Page } from "../../lib/Page";
import { PagedTable, useListAddress } from "../../lib/PagedTable";
import { Teach } from "../../lib/Teach";
import { StateTag } from "../runs/parts/StateTag";
import { CreateDialog, type FlowStart } from "./CreateDialog";
import { FlowMenu } from "./FlowMenu";
import styles from "./FlowsPage.module.css";
import { type ListedFlow, titleOf } from "./flow";

const NEW: FlowStart = { kind: "new" };

export function Component() {
  const { t } = useTranslation("flows");
  const project_name = useProjectName();
  const mayWrite = useMayHere("flow.write");
  const { q, cursor, get, change } = useListAddress();
  const flows = queries.useQuery("get", "/api/v1/projects/{project_name}/flows", {
    params: { path: { project_name }, query: { ...(q && { q }), ...(cursor && { cursor }) } },
  });
  const [start, setStart] = useState<FlowStart | null>(null);
  const isAsked = mayWrite && get("new") !== null;
  useEffect(() => {
    if (!isAsked) return;
    setStart(NEW);
    change({ new: null });
  });
  const importFile = useImport(setStart);
  const columns = useColumns(mayWrite, setStart);
  return (
    <Page
      title={t("title")}
      about={t("about")}
      actions={
        mayWrite && (
          <>
            <Button icon={<ImportOutlined />} onClick={() => void importFile()}>
              {t("import")}
            </Button>
            <Button type="primary" icon={<PlusOutlined />} onClick={() => setStart(NEW)}>
              {t("new")}
            </Button>
          </>
        )
      }
    >
      <PagedTable<ListedFlow>
        label={t("title")}
        columns={columns}
        rowKey={({ name }) => name}
        query={flows}
        search={t("search")}
        empty={
          <Teach
            icon={<ApartmentOutlined />}
            title={t("empty")}
            action={
              mayWrite && (
                <Button type="primary" onClick={() => setStart({ kind: "new", isSample: true })}>
                  {t("firstSample")}
                </Button>
              )
            }
          >
            {t(mayWrite ? "emptyHelp" : "emptyReader")}
          </Teach>
        }
      />
      {start && <CreateDialog start={start} onClose={() => setStart(null)} />}
    </Page>
  );
}

function useColumns(mayWrite: boolean, onStart: (start: FlowStart) => void): TableColumnsType<ListedFlow> {
  const { t } = useTranslation("flows");
  const localize = useLocalize();
  const path = useProjectPath();
  return [
    {
      title: t("columns.title"),
      key: "title",
      render: (_, flow) => {
        const title = localize(titleOf(flow));
        return (
          <div className={styles.flow}>
            <Link to={path(`/flows/${encodeURIComponent(flow.name)}`)} className={styles.title}>
              {title || flow.name}
            </Link>
            {title && <span className={styles.name}>{flow.name}</span>}
          </div>
        );
      },
    },
    {
      title: t("columns.steps"),
      key: "steps",
      align: "right",
      width: 80,
      render: (_, { nodes }) => <span className="numbers">{nodes}</span>,
    },
    {
      title: t("columns.changed"),
      key: "changed",
      width: 180,
      render: (_, { created_at, created_by }) => (
        <div className={styles.two}>
          <Ago at={created_at} />
          {created_by && <span>{created_by}</span>}
        </div>
      ),
    },
    {
      title: t("columns.run"),
      key: "run",
      width: 180,
      render: (_, { last_run }) =>
        last_run ? (
          <div className={styles.two}>
            <Link to={path(`/runs/${last_run.id}`)} className={styles.run}>
              <StateTag state={last_run.state} />
            </Link>
            <span>
              <Ago at={last_run.created_at} />
            </span>
          </div>
        ) : (
          <span className={styles.quiet}>{t("neverRun")}</span>
        ),
    },
    {
      title: <span className="visually-hidden">{t("columns.actions")}</span>,
      key: "actions",
      width: 56,
      align: "right",
      render: (_, flow) => <FlowMenu flow={flow} mayWrite={mayWrite} onStart={onStart} />,
    },
  ];
}

/** Asks for a file and begins a flow with what is in it. */
function useImport(onStart: (start: FlowStart) => void): () => Promise<void> {
  const { t } = useTranslation("flows");
  const { modal } = App.useApp();
  return async () => {
    const file = await chooseFile();
    if (!file) return;
    try {
      onStart({ kind: "import", file: file.name, document: await readFlowFile(file) });
    } catch (error) {
      const content =
        error instanceof TransferError
          ? t(`file.${error.reason}`, { file: file.name, message: error.message })
          : messageOf(error);
      modal.error({ title: t("file.failed"), content });
    }
  };
}
