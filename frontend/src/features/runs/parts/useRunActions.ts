import { useQueryClient } from "@tanstack/react-query";
import { App } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../../api/client";
import { useRunStore } from "../../../canvas/run/runState";
import { messageOf } from "../../../lib/messageOf";
import { newKey } from "../../../lib/newKey";

/** Cancels and resumes runs. */
export function useRunActions(project: string) {
  const { t } = useTranslation("runs");
  const { notification } = App.useApp();
  const client = useQueryClient();
  const store = useRunStore();
  const [isBusy, setBusy] = useState(false);

  async function busy<T>(failed: string, work: () => Promise<T>): Promise<T | null> {
    setBusy(true);
    try {
      return await work();
    } catch (error) {
      notification.error({ title: failed, description: messageOf(error) });
      return null;
    } finally {
      setBusy(false);
      void client.invalidateQueries({ queryKey: ["get", "/api/v1/projects/{project_name}/runs"] });
    }
  }

  return {
    isBusy,
    cancel: (run: number) =>
      busy(t("notCancelled"), async () => {
        await api.POST("/api/v1/projects/{project_name}/runs/{run_id}/cancel", {
          params: { path: { project_name: project, run_id: run } },
        });
        store.look();
      }),
    /** Gives the number of the new run. */
    resume: (run: number) =>
      busy(t("notResumed"), async () => {
        const { data } = await api.POST("/api/v1/projects/{project_name}/runs/{run_id}/resume", {
          params: {
            path: { project_name: project, run_id: run },
            header: { "Idempotency-Key": newKey() },
          },
        });
        return data?.id ?? null;
      }),
  };
}
