import { DownloadOutlined, SearchOutlined, VerticalAlignBottomOutlined } from "@ant-design/icons";
import { Button, Input, Select } from "antd";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../../api/client";
import { ErrorNotice } from "../../../lib/ErrorNotice";
import { type LogText, matching, NO_LOG, readMore } from "./readLog";
import { useStateText } from "./StateTag";
import styles from "./TaskLog.module.css";

interface TaskLogProps {
  project: string;
  run: number;
  task: number;
  attempts: readonly Schemas["Attempt"][];
}

/** What the attempts of a task have logged; goes on while one runs. */
export function TaskLog({ project, run, task, attempts }: TaskLogProps) {
  const { t } = useTranslation("runs");
  const text = useStateText();
  const last = attempts[attempts.length - 1];
  const [chosen, setChosen] = useState<number | null>(null);
  const attempt = attempts.find(({ number }) => number === chosen) ?? last;
  if (!attempt) return <p className={styles.quiet}>{t("log.none")}</p>;
  return (
    <AttemptLog
      key={`${task}-${attempt.number}`}
      place={{ project, run, task, attempt: attempt.number }}
      isRunning={attempt.state === "running"}
      choice={
        attempts.length > 1 && (
          <Select
            size="small"
            className={styles.attempts}
            aria-label={t("log.attempt")}
            value={attempt.number}
            onChange={setChosen}
            options={attempts.map(({ number, state }) => ({
              value: number,
              label: t("log.attemptNumber", { number, state: text(state) }),
            }))}
          />
        )
      }
    />
  );
}

interface AttemptLogProps {
  place: { project: string; run: number; task: number; attempt: number };
  isRunning: boolean;
  choice: React.ReactNode;
}

function AttemptLog({ place, isRunning, choice }: AttemptLogProps) {
  const { t } = useTranslation("runs");
  const { log, error } = useLog(place, isRunning);
  const [search, setSearch] = useState("");
  const [follows, setFollows] = useState(true);
  const area = useRef<HTMLPreElement>(null);
  const lines = useMemo(() => log.text.replace(/\n$/, "").split("\n"), [log.text]);
  const shown = useMemo(() => matching(lines, search.trim()), [lines, search]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: new lines are the reason
  useEffect(() => {
    if (follows && area.current) area.current.scrollTop = area.current.scrollHeight;
  }, [shown, follows]);

  const onScroll = () => {
    const element = area.current;
    if (element) setFollows(element.scrollHeight - element.scrollTop - element.clientHeight < 24);
  };
  const isBare = !log.text;
  return (
    <div className={styles.log}>
      <div className={styles.bar}>
        {choice}
        <Input
          size="small"
          allowClear
          className={styles.search}
          prefix={<SearchOutlined />}
          placeholder={t("log.search")}
          aria-label={t("log.search")}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
        <span className={styles.quiet} aria-live="polite">
          {search && t("log.found", { count: shown.length })}
        </span>
        <span className={styles.space} />
        <Button
          size="small"
          type={follows ? "primary" : "default"}
          ghost={follows}
          icon={<VerticalAlignBottomOutlined />}
          aria-pressed={follows}
          onClick={() => setFollows(!follows)}
        >
          {t("log.follow")}
        </Button>
        <Button size="small" icon={<DownloadOutlined />} disabled={isBare} onClick={() => download(log.text, place)}>
          {t("log.download")}
        </Button>
      </div>
      {error !== null && <ErrorNotice error={error} />}
      {log.isCut && <p className={styles.quiet}>{t("log.cut")}</p>}
      {isBare ? (
        <p className={styles.quiet}>{t(isRunning ? "log.notYet" : "log.nothing")}</p>
      ) : (
        <pre
          ref={area}
          role="log"
          className={styles.lines}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a log is scrolled by keyboard
          tabIndex={0}
          onScroll={onScroll}
          aria-label={t("log.title")}
        >
          {shown.join("\n")}
        </pre>
      )}
    </div>
  );
}

function useLog(place: AttemptLogProps["place"], isRunning: boolean): { log: LogText; error: unknown } {
  const [log, setLog] = useState<LogText>(NO_LOG);
  const [error, setError] = useState<unknown>(null);
  const known = useRef<LogText>(NO_LOG);
  const { project, run, task, attempt } = place;
  useEffect(() => {
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const round = async () => {
      try {
        const { log: next, hasMore } = await readMore({ project, run, task, attempt }, known.current, abort.signal);
        if (abort.signal.aborted) return;
        known.current = next;
        setLog(next);
        setError(null);
        if (hasMore) void round();
        else if (isRunning) timer = setTimeout(() => void round(), 1000);
      } catch (problem) {
        if (abort.signal.aborted) return;
        setError(problem);
        if (isRunning) timer = setTimeout(() => void round(), 5000);
      }
    };
    void round();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [project, run, task, attempt, isRunning]);
  return { log, error };
}

function download(text: string, { run, task, attempt }: AttemptLogProps["place"]): void {
  const address = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = `run-${run}-task-${task}-attempt-${attempt}.log`;
  link.click();
  URL.revokeObjectURL(address);
}
