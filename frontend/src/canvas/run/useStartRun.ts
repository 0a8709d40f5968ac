import { useQueryClient } from "@tanstack/react-query";
import { App } from "antd";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError, api, type Schemas } from "../../api/client";
import { messageOf } from "../../lib/messageOf";
import { newKey } from "../../lib/newKey";
import { useRunStore } from "./runState";

export type RunRequest = Omit<Schemas["RunRequest"], "flow">;

interface StartProps {
  project: string;
  flow: string;
  /** Saves what was edited; gives the number of the revision to run, null when it could not be saved. */
  save: () => Promise<number | null>;
}

/** Starts runs of a flow: however often the button is pressed, one at a time. */
export function useStartRun({ project, flow, save }: StartProps) {
  const { t } = useTranslation("runs");
  const { notification, message } = App.useApp();
  const client = useQueryClient();
  const store = useRunStore();
  const [isStarting, setStarting] = useState(false);
  // The same key as long as no answer came: a request that was lost on its way does not start a second run.
  const key = useRef<{ of: string; key: string } | null>(null);
  const isBusy = useRef(false);

  const start = async (request: Partial<RunRequest>): Promise<number | null> => {
    if (isBusy.current) return null;
    isBusy.current = true;
    setStarting(true);
    try {
      const revision = await save();
      if (revision === null) return null;
      const body = { flow, revision, ...request };
      const asked = JSON.stringify(body);
      if (key.current?.of !== asked) key.current = { of: asked, key: newKey() };
      const { data } = await api.POST("/api/v1/projects/{project_name}/runs", {
        params: { path: { project_name: project }, header: { "Idempotency-Key": key.current.key } },
        body,
      });
      key.current = null;
      if (!data) return null;
      store.open(data.id);
      void client.invalidateQueries({ queryKey: ["get", "/api/v1/projects/{project_name}/runs"] });
      void message.info(t("started", { run: data.id }));
      return data.id;
    } catch (error) {
      // An answer, also a refusal, ends the question; silence does not.
      if (error instanceof ApiError && error.status !== 0) key.current = null;
      notification.error({ title: t("notStarted"), description: messageOf(error) });
      return null;
    } finally {
      isBusy.current = false;
      setStarting(false);
    }
  };

  return { start, isStarting };
}
