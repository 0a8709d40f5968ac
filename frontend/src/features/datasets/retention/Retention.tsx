import { Alert, Button, Form, InputNumber } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { queries } from "../../../api/client";
import { useProjectName } from "../../../api/project";
import { Card } from "../../../lib/Page";
import { useAct } from "../../../lib/useAct";
import { readDataset, type SeenDataset, useVersions, writeDataset } from "../dataset";
import { DeleteDataset } from "./DeleteDataset";
import { expiring } from "./expiring";
import styles from "./Retention.module.css";

interface Rules {
  keep_versions: number | null;
  keep_days: number | null;
}

/** How many versions are kept, and for how long; and the end of a dataset. */
export function Retention({ seen, mayWrite }: { seen: SeenDataset; mayWrite: boolean }) {
  const { t } = useTranslation("datasets");
  const { dataset } = seen;
  const project_name = useProjectName();
  const { act, isBusy } = useAct();
  const [form] = Form.useForm<Rules>();
  const typed = Form.useWatch([], form);
  const saved = { keep_versions: dataset.keep_versions, keep_days: dataset.keep_days };
  const rules: Rules = {
    keep_versions: typed?.keep_versions ?? null,
    keep_days: typed?.keep_days ?? null,
  };
  const isChanged = rules.keep_versions !== saved.keep_versions || rules.keep_days !== saved.keep_days;
  const save = () =>
    act(async () => {
      // Whatever others say about the dataset meanwhile stays.
      const now = await readDataset(project_name, dataset.name);
      await writeDataset(project_name, dataset.name, now.etag, { meta: now.dataset.meta, ...rules });
    }, t("saved"));
  return (
    <div className={styles.retention}>
      <Card title={t("retention.title")}>
        <p className={styles.help}>{t("retention.help")}</p>
        <Form<Rules>
          form={form}
          layout="vertical"
          requiredMark={false}
          disabled={!mayWrite}
          initialValues={saved}
          onFinish={() => void save()}
        >
          <div className={styles.fields}>
            <Form.Item name="keep_versions" label={t("retention.versions")}>
              <InputNumber min={1} max={1_000_000} precision={0} placeholder={t("retention.all")} />
            </Form.Item>
            <Form.Item name="keep_days" label={t("retention.days")}>
              <InputNumber min={1} max={1_000_000} precision={0} placeholder={t("retention.forEver")} />
            </Form.Item>
          </div>
          <WhatGoes dataset={dataset.name} rules={typed ? rules : saved} isChanged={Boolean(typed) && isChanged} />
          {mayWrite && (
            <Button type="primary" htmlType="submit" loading={isBusy} disabled={!isChanged}>
              {t("retention.save")}
            </Button>
          )}
        </Form>
      </Card>
      {mayWrite && <Deletion seen={seen} />}
    </div>
  );
}

/** The versions whose rows would go: with what is saved as the server says, with what is typed before it is saved. */
function WhatGoes({ dataset, rules, isChanged }: { dataset: string; rules: Rules; isChanged: boolean }) {
  const { t } = useTranslation("datasets");
  const project_name = useProjectName();
  const path = { project_name, name: dataset };
  const versions = useVersions(dataset, 200);
  const readers = queries.useQuery("get", "/api/v1/projects/{project_name}/datasets/{name}/readers", {
    params: { path },
  });
  const saved = queries.useQuery("get", "/api/v1/projects/{project_name}/datasets/{name}/expiry", {
    params: { path },
  });
  const pinned = new Set(readers.data?.items.flatMap(({ number }) => (number === null ? [] : [number])));
  const numbers = isChanged
    ? expiring(versions.data?.items ?? [], pinned, rules, Date.now() / 1000)
    : (saved.data?.items.map(({ number }) => number) ?? []);
  const list = numbers.map((number) => t("versionShort", { number })).join(", ");
  return (
    <div className={styles.goes} role="status">
      {numbers.length === 0 ? (
        <Alert type="success" showIcon title={t(isChanged ? "retention.wouldStay" : "retention.staysNow")} />
      ) : (
        <Alert
          type="warning"
          showIcon
          title={t(isChanged ? "retention.wouldGo" : "retention.goesNow", { count: numbers.length, list })}
          description={t("retention.goesHelp")}
        />
      )}
      {pinned.size > 0 && (
        <p className={styles.help}>
          {t("retention.pinned", { list: [...pinned].map((number) => t("versionShort", { number })).join(", ") })}
        </p>
      )}
    </div>
  );
}

function Deletion({ seen }: { seen: SeenDataset }) {
  const { t } = useTranslation("datasets");
  const [isAsking, setAsking] = useState(false);
  return (
    <Card title={t("deletion.title")}>
      <div className={styles.deletion}>
        <p className={styles.help}>{t("deletion.help")}</p>
        <Button danger onClick={() => setAsking(true)}>
          {t("deletion.button")}
        </Button>
      </div>
      {isAsking && <DeleteDataset dataset={seen.dataset} onClose={() => setAsking(false)} />}
    </Card>
  );
}
