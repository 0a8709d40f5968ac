import { SendOutlined } from "@ant-design/icons";
import { Alert, Button, Input, Segmented, Table, Typography } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError, api, type Schemas } from "../../api/client";
import { useMayHere, useProjectName } from "../../api/project";
import { type FieldProblem, SchemaForm } from "../../forms/SchemaForm";
import { ErrorNotice } from "../../lib/ErrorNotice";
import { useFormat } from "../../lib/format";
import { Card } from "../../lib/Page";
import styles from "./Deployments.module.css";
import { DEPLOYMENT_PATH, type DeploymentDetail } from "./deployment";
import { curlOf, problemsOf, rowOf, rowsOfText, specOfColumns } from "./tryForm";

type Answer = Schemas["Answered"];
type Values = Record<string, unknown>;

const noColumns = () => null;

/** A form for one row made from the model's input schema, or rows as JSON, and what the endpoint answers. */
export function TryIt({ deployment }: { deployment: DeploymentDetail }) {
  const { t } = useTranslation("deployments");
  const mayUse = useMayHere("deployment.use");
  const project_name = useProjectName();
  const { columns, name } = deployment;
  const spec = useMemo(() => specOfColumns(columns), [columns]);
  const [way, setWay] = useState<"form" | "json">("form");
  const [values, setValues] = useState<Values>({});
  const [text, setText] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [error, setError] = useState<unknown>(null);
  const typed = way === "form" ? { rows: [rowOf(columns, values)] } : rowsOfText(text);
  const send = async () => {
    if ("problem" in typed) return;
    setBusy(true);
    try {
      const params = { path: { project_name, name } };
      const { data } = await api.POST(`${DEPLOYMENT_PATH}/predict`, { params, body: { rows: typed.rows } });
      setAnswer(data ?? null);
      setError(null);
    } catch (problem) {
      setAnswer(null);
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  const told = error instanceof ApiError ? problemsOf(error.details) : [];
  const problems: FieldProblem[] = told.flatMap(({ column, message }) =>
    column === null ? [] : [{ field: `params.${column}`, code: "value", message, level: "error" }],
  );
  if (!mayUse) return null;
  return (
    <Card
      title={t("try")}
      actions={
        <Segmented
          value={way}
          options={[
            { value: "form", label: t("asForm") },
            { value: "json", label: t("asJson") },
          ]}
          onChange={(next) => {
            if (next === "json" && !text) setText(JSON.stringify(rowOf(columns, values), null, 1));
            setWay(next as "form" | "json");
          }}
        />
      }
    >
      <div className={styles.try}>
        <div>
          <p className={`${styles.quiet} ${styles.help}`}>{t(way === "form" ? "formHelp" : "jsonHelp")}</p>
          {way === "form" ? (
            <div className={styles.input}>
              <SchemaForm
                spec={spec}
                values={values}
                onChange={(change) => setValues(change.values)}
                columns={noColumns}
                problems={problems}
              />
            </div>
          ) : (
            <Input.TextArea
              aria-label={t("asJson")}
              value={text}
              onChange={({ target }) => setText(target.value)}
              autoSize={{ minRows: 8, maxRows: 24 }}
              spellCheck={false}
            />
          )}
          {"problem" in typed && way === "json" && text !== "" && (
            <Alert type="warning" showIcon title={t(`problem.${typed.problem}`)} />
          )}
        </div>
        <div className={styles.result}>
          <div>
            <Button
              type="primary"
              icon={<SendOutlined />}
              loading={isBusy}
              disabled={"problem" in typed}
              onClick={() => void send()}
            >
              {t("ask")}
            </Button>
          </div>
          {error !== null && <ErrorNotice error={error} />}
          {told.length > 1 && (
            <ul>
              {told.map(({ row, column, message }) => (
                <li key={`${row} ${column}`}>{t("inRow", { row, column: column ?? "", message })}</li>
              ))}
            </ul>
          )}
          {answer && <Answered answer={answer} />}
          {deployment.url && !("problem" in typed) && typed.rows[0] && (
            <details>
              <summary>{t("asProgram")}</summary>
              <Typography.Paragraph copyable={{ text: curlOf(deployment.url, typed.rows[0]) }}>
                <pre className={styles.code}>{curlOf(deployment.url, typed.rows[0])}</pre>
              </Typography.Paragraph>
            </details>
          )}
        </div>
      </div>
    </Card>
  );
}

function Answered({ answer }: { answer: Answer }) {
  const { t } = useTranslation("deployments");
  const format = useFormat();
  const names = Object.keys(answer.predictions[0] ?? {});
  const shown = (value: unknown) =>
    typeof value === "number" ? format.number(value) : value === null ? "–" : String(value);
  return (
    <>
      <Table
        size="small"
        pagination={answer.predictions.length > 20 ? { pageSize: 20 } : false}
        rowKey={(_, index) => index ?? 0}
        dataSource={answer.predictions}
        scroll={{ x: "max-content" }}
        columns={names.map((name) => ({
          title: name,
          key: name,
          render: (_: unknown, row: Values) => <span className="numbers">{shown(row[name])}</span>,
        }))}
      />
      <p className={styles.quiet}>
        {t("answeredBy", {
          model: answer.model,
          number: answer.number,
          milliseconds: format.number(Math.round(answer.seconds * 1000)),
        })}
      </p>
    </>
  );
}
