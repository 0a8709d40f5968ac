import { EditOutlined, InboxOutlined } from "@ant-design/icons";
import { Button, Checkbox, Form, Input, type TableColumnsType, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams, useSearchParams } from "react-router";
import { api, ifMatch } from "../../api/client";
import { useMayHere, useProjectName, useProjectPath } from "../../api/project";
import { useMetricName } from "../../charts/words";
import { Ago } from "../../lib/Ago";
import { ErrorNotice } from "../../lib/ErrorNotice";
import { FormModal } from "../../lib/FormModal";
import { useFormat } from "../../lib/format";
import { Loading } from "../../lib/Loading";
import { Page } from "../../lib/Page";
import { PagedTable, useListAddress } from "../../lib/PagedTable";
import { Teach } from "../../lib/Teach";
import { useAct } from "../../lib/useAct";
import { Aliases } from "./Aliases";
import { Comparison } from "./Comparison";
import styles from "./Models.module.css";
import { MODEL_PATH, type Model, modelPath, useModel, useVersions, type Version } from "./model";
import { headline } from "./scores";

/** A model: its versions, and what differs between two of them. */
export function Component() {
  const { t } = useTranslation("models");
  const name = useParams().model ?? "";
  const path = useProjectPath();
  const model = useModel(name);
  const back = { to: path("/models"), label: t("title") };
  if (model.error)
    return (
      <Page title={name} back={back}>
        <ErrorNotice error={model.error} onRetry={() => void model.refetch()} />
      </Page>
    );
  if (!model.data) return <Loading />;
  return (
    <Page
      title={name}
      back={back}
      about={
        <span className={styles.tags}>
          {model.data.archived_at !== null && <Tag>{t("archived")}</Tag>}
          {Object.keys(model.data.aliases).length > 0 && <Aliases model={name} of={model.data.aliases} />}
          <span>{model.data.description}</span>
        </span>
      }
      actions={<Actions model={model.data} />}
    >
      <Versions model={model.data} />
    </Page>
  );
}

function Versions({ model }: { model: Model }) {
  const { t } = useTranslation("models");
  const { cursor } = useListAddress();
  const versions = useVersions(model.name, 20, cursor);
  const [address, setAddress] = useSearchParams();
  const [left, right] = ["a", "b"].map((side) => Number(address.get(side))).sort((a, b) => a - b);
  const [chosen, setChosen] = useState<readonly number[]>(left && right ? [left, right] : []);
  const toggle = (number: number) =>
    setChosen((before) =>
      before.includes(number) ? before.filter((other) => other !== number) : [...before, number].slice(-2),
    );
  const columns = useColumns(model, chosen, toggle);
  if (left && right) return <Comparison model={model.name} left={left} right={right} onClose={() => setAddress({})} />;
  const [a, b] = [...chosen].sort((one, other) => one - other);
  return (
    <PagedTable<Version>
      label={t("versions")}
      columns={columns}
      rowKey={({ number }) => number}
      query={versions}
      {...(model.versions > 1 && {
        filters: (
          <Button
            disabled={a === undefined || b === undefined}
            title={t("compareHelp")}
            onClick={() => setAddress({ a: String(a), b: String(b) })}
          >
            {t("compare")}
          </Button>
        ),
      })}
      empty={<Teach title={t("noVersions")}>{t("noneHelp")}</Teach>}
    />
  );
}

function useColumns(
  model: Model,
  chosen: readonly number[],
  toggle: (number: number) => void,
): TableColumnsType<Version> {
  const { t } = useTranslation("models");
  const format = useFormat();
  const metric = useMetricName();
  const path = useProjectPath();
  return [
    ...(model.versions > 1
      ? [
          {
            key: "compare",
            width: 44,
            title: <span className="visually-hidden">{t("compare")}</span>,
            render: (_: unknown, { number }: Version) => (
              <Checkbox
                checked={chosen.includes(number)}
                aria-label={t("choose", { number })}
                onChange={() => toggle(number)}
              />
            ),
          },
        ]
      : []),
    {
      title: t("version"),
      key: "version",
      render: (_, { number, aliases, archived_at }) => (
        <span className={styles.tags}>
          <Link to={path(modelPath(model.name, number))} className={styles.title}>
            {t("versionShort", { number })}
          </Link>
          {aliases.map((alias) => (
            <Tag key={alias} color="blue">
              {alias}
            </Tag>
          ))}
          {archived_at !== null && <Tag>{t("archived")}</Tag>}
        </span>
      ),
    },
    {
      title: t("scores"),
      key: "scores",
      render: (_, { metrics }) => (
        <span className={`${styles.tags} numbers`}>
          {headline(metrics).map(([name, value]) => (
            <span key={name}>
              {metric(name)} <strong>{format.number(value)}</strong>
            </span>
          ))}
        </span>
      ),
    },
    {
      title: t("from"),
      key: "from",
      render: (_, { run, flow, node }) => (
        <div className={styles.pair}>
          <Link to={path(`/runs/${run}`)}>{t("runOf", { run, flow })}</Link>
          <span className={styles.quiet}>{node}</span>
        </div>
      ),
    },
    { title: t("note"), key: "note", render: (_, { note }) => <span className={styles.cell}>{note || "–"}</span> },
    {
      title: t("registered"),
      key: "registered",
      render: (_, { created_at, created_by }) => (
        <div className={styles.pair}>
          <Ago at={created_at} />
          {created_by && <span className={styles.quiet}>{created_by}</span>}
        </div>
      ),
    },
  ];
}

function Actions({ model }: { model: Model }) {
  const { t } = useTranslation("models");
  const mayWrite = useMayHere("model.write");
  const project_name = useProjectName();
  const { act, isBusy } = useAct();
  const [isEditing, setEditing] = useState(false);
  if (!mayWrite) return null;
  const params = { path: { project_name, name: model.name } };
  const write = async (body: { description: string; archived: boolean }) => {
    // A state that the browser kept is not the state that others left.
    const { response } = await api.GET(MODEL_PATH, { params, cache: "no-store" });
    await api.PUT(MODEL_PATH, { params: { ...params, header: ifMatch(response) }, body });
  };
  const isArchived = model.archived_at !== null;
  return (
    <>
      <Button icon={<EditOutlined />} onClick={() => setEditing(true)}>
        {t("describe")}
      </Button>
      <Button
        icon={<InboxOutlined />}
        loading={isBusy}
        onClick={() => void act(() => write({ description: model.description, archived: !isArchived }))}
      >
        {t(isArchived ? "bringBack" : "archive")}
      </Button>
      {isEditing && (
        <FormModal<{ description: string }>
          title={t("describe")}
          submit={t("save")}
          initial={{ description: model.description }}
          onSubmit={({ description }) => write({ description: description ?? "", archived: isArchived })}
          onClose={() => setEditing(false)}
        >
          <Form.Item name="description" label={t("description")}>
            <Input.TextArea autoFocus rows={4} maxLength={10_000} />
          </Form.Item>
        </FormModal>
      )}
    </>
  );
}
