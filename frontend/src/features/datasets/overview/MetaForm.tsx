import { useQueryClient } from "@tanstack/react-query";
import { App, AutoComplete, Button, Form, Input, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../../../api/client";
import { useProjectName } from "../../../api/project";
import { ErrorNotice } from "../../../lib/ErrorNotice";
import { columnsOfVersion, type Meta, readDataset, type SeenDataset, useVersion, writeDataset } from "../dataset";
import { ConflictChoice } from "./ConflictChoice";
import { type MetaField, mergeMeta, withoutNothing } from "./mergeMeta";
import styles from "./Overview.module.css";

/** A question: what I wrote, and what somebody else wrote meanwhile. */
interface Question {
  mine: Meta;
  theirs: SeenDataset;
  merged: Meta;
  conflicts: MetaField[];
}

export function MetaForm({ seen, onClose }: { seen: SeenDataset; onClose: () => void }) {
  const { t } = useTranslation("datasets");
  const { t: common } = useTranslation();
  const project = useProjectName();
  const client = useQueryClient();
  const { message } = App.useApp();
  // What the edit began with: others may write meanwhile.
  const [begun] = useState(seen);
  const [written, setWritten] = useState(seen.dataset.meta);
  const [question, setQuestion] = useState<Question | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);

  const write = async (meta: Meta, on: SeenDataset): Promise<void> => {
    const { keep_versions, keep_days, name } = on.dataset;
    await writeDataset(project, name, on.etag, { meta: withoutNothing(meta), keep_versions, keep_days });
  };
  /** Saves; what others wrote into other fields stays, and what they wrote into the same ones is asked about. */
  const save = async (mine: Meta, on: SeenDataset, base: Meta) => {
    setBusy(true);
    setError(null);
    try {
      let state = on;
      let wanted = mine;
      for (let tries = 0; ; tries += 1) {
        try {
          await write(wanted, state);
          break;
        } catch (problem) {
          if (!isConflict(problem) || tries > 3) throw problem;
          const theirs = await readDataset(project, on.dataset.name);
          const { meta, conflicts } = mergeMeta(base, mine, theirs.dataset.meta);
          if (conflicts.length > 0) {
            setWritten(mine);
            setQuestion({ mine, theirs, merged: meta, conflicts });
            return;
          }
          state = theirs;
          wanted = meta;
        }
      }
      await client.invalidateQueries();
      void message.success(t(state === on ? "saved" : "savedTogether"));
      onClose();
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };

  if (question)
    return (
      <>
        <ConflictChoice
          mine={question.mine}
          theirs={question.theirs.dataset.meta}
          fields={question.conflicts}
          isBusy={isBusy}
          onBack={() => setQuestion(null)}
          onDecide={(decided) =>
            void save({ ...question.merged, ...decided }, question.theirs, question.theirs.dataset.meta)
          }
        />
        {error !== null && <ErrorNotice error={error} />}
      </>
    );
  return (
    <Form<Meta>
      layout="vertical"
      requiredMark={false}
      initialValues={written}
      onFinish={(mine) => void save(mine, begun, begun.dataset.meta)}
      onKeyDown={(event) => {
        if (event.key === "Escape" && !event.defaultPrevented && !isOpenList(event.target)) onClose();
      }}
    >
      <Fields name={seen.dataset.name} latest={seen.dataset.latest} />
      {error !== null && <ErrorNotice error={error} />}
      <div className="form-buttons">
        <Button onClick={onClose}>{common("cancel")}</Button>
        <Button type="primary" htmlType="submit" loading={isBusy}>
          {common("save")}
        </Button>
      </div>
    </Form>
  );
}

function Fields({ name, latest }: { name: string; latest: number | null }) {
  const { t } = useTranslation("datasets");
  const columns = columnsOfVersion(useVersion(name, latest).data).map((column) => ({ value: column.name }));
  return (
    <>
      <Form.Item name="title" label={t("meta.title")}>
        <Input autoFocus maxLength={4000} />
      </Form.Item>
      <Form.Item name="description" label={t("meta.description")}>
        <Input.TextArea autoSize={{ minRows: 2, maxRows: 8 }} maxLength={4000} />
      </Form.Item>
      <Form.Item name="meaning" label={t("meta.meaning")} extra={t("metaHelp.meaning")}>
        <Input.TextArea autoSize={{ minRows: 1, maxRows: 6 }} maxLength={4000} />
      </Form.Item>
      <div className={styles.fields}>
        {(["owner", "version", "entity"] as const).map((field) => (
          <Form.Item
            key={field}
            name={field}
            label={t(`meta.${field}`)}
            {...(field !== "owner" && { extra: t(`metaHelp.${field}`) })}
          >
            <Input maxLength={4000} />
          </Form.Item>
        ))}
        {(["target", "time_column", "group_column"] as const).map((field) => (
          <Form.Item key={field} name={field} label={t(`meta.${field}`)} extra={t(`metaHelp.${field}`)}>
            <AutoComplete
              options={columns}
              allowClear
              showSearch={{ filterOption: (typed, option) => contains(option?.value, typed) }}
            />
          </Form.Item>
        ))}
        {(["process_step", "tool", "licence"] as const).map((field) => (
          <Form.Item key={field} name={field} label={t(`meta.${field}`)}>
            <Input maxLength={4000} />
          </Form.Item>
        ))}
      </div>
      <Form.Item name="tags" label={t("meta.tags")}>
        <Select mode="tags" maxCount={50} tokenSeparators={[",", "，", ";"]} open={false} suffixIcon={null} />
      </Form.Item>
    </>
  );
}

function contains(text: string | undefined, part: string): boolean {
  return text?.toLowerCase().includes(part.toLowerCase()) ?? false;
}

/** Escape closes an open list first. */
function isOpenList(target: EventTarget): boolean {
  return target instanceof HTMLElement && target.getAttribute("aria-expanded") === "true";
}

function isConflict(error: unknown): boolean {
  return error instanceof ApiError && error.code === "conflict";
}
