import { ArrowLeftOutlined } from "@ant-design/icons";
import { Button, Table, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { queries } from "../../api/client";
import { useProjectName } from "../../api/project";
import { useMetricName } from "../../charts/words";
import { ErrorNotice } from "../../lib/ErrorNotice";
import { useFormat } from "../../lib/format";
import { Loading } from "../../lib/Loading";
import { Card } from "../../lib/Page";
import styles from "./Models.module.css";
import type { Difference } from "./model";
import { cell, change, partsOf, trainingLast } from "./scores";

const PARTS = ["params", "steps", "datasets", "columns", "about"] as const;

interface ComparisonProps {
  model: string;
  left: number;
  right: number;
  onClose: () => void;
}

/** What differs between two versions: every score, and of all else what is not the same. */
export function Comparison({ model, left, right, onClose }: ComparisonProps) {
  const { t } = useTranslation("models");
  const project_name = useProjectName();
  const found = queries.useQuery("get", "/api/v1/projects/{project_name}/models/{name}/comparison", {
    params: { path: { project_name, name: model }, query: { left, right } },
  });
  if (found.error) return <ErrorNotice error={found.error} onRetry={() => void found.refetch()} />;
  const comparison = found.data;
  if (!comparison) return <Loading />;
  const differing = PARTS.filter((part) => comparison[part].length > 0);
  return (
    <div className={styles.stack}>
      <div>
        <Button icon={<ArrowLeftOutlined />} onClick={onClose}>
          {t("allVersions")}
        </Button>
      </div>
      <Card title={t("scores")} flush>
        <Differences of={trainingLast(comparison.metrics)} left={left} right={right} withChange />
      </Card>
      {differing.map((part) => (
        <Card key={part} title={t(`parts.${part}`)} flush>
          <Differences of={comparison[part]} left={left} right={right} />
        </Card>
      ))}
      {differing.length === 0 && <p className={styles.quiet}>{t("nothingElse")}</p>}
    </div>
  );
}

interface DifferencesProps {
  of: readonly Difference[];
  left: number;
  right: number;
  withChange?: boolean;
}

function Differences({ of, left, right, withChange = false }: DifferencesProps) {
  const { t } = useTranslation("models");
  const format = useFormat();
  const columns: TableColumnsType<Difference> = [
    {
      title: t("what"),
      key: "what",
      render: (_, { name, node }) => (
        <span className={styles.cell}>{withChange ? <Measured name={name} /> : node ? `${node}: ${name}` : name}</span>
      ),
    },
    ...(["left", "right"] as const).map((side) => ({
      title: t("versionShort", { number: side === "left" ? left : right }),
      key: side,
      render: (_: unknown, each: Difference) => (
        <span className={`${styles.cell} numbers`}>{cell(each[side], format.number)}</span>
      ),
    })),
    ...(withChange
      ? [
          {
            title: t("change"),
            key: "change",
            render: (_: unknown, each: Difference) => <Change by={change(each)} />,
          },
        ]
      : []),
  ];
  return (
    <Table<Difference>
      columns={columns}
      dataSource={[...of]}
      rowKey={({ name, node }) => `${node ?? ""} ${name}`}
      pagination={of.length > 50 ? { pageSize: 50 } : false}
    />
  );
}

/** A metric, and the step that measured it. */
function Measured({ name }: { name: string }) {
  const metric = useMetricName();
  const [node, measured] = partsOf(name);
  return (
    <>
      {metric(measured)} {node !== null && <span className={styles.quiet}>{node}</span>}
    </>
  );
}

/** How a score has moved. Whether more is better depends on the score, so no colour says it. */
function Change({ by }: { by: number | null }) {
  const format = useFormat();
  if (by === null) return <span>–</span>;
  if (by === 0) return <span className={styles.quiet}>=</span>;
  return <span className="numbers">{`${by > 0 ? "+" : "−"}${format.number(Math.abs(by))}`}</span>;
}
