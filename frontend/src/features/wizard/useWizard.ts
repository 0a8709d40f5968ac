import { useQueryClient } from "@tanstack/react-query";
import { App } from "antd";
import { useCallback, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError, api, etag, queries } from "../../api/client";
import { localized, type Text } from "../../lib/localize";
import { messageOf } from "../../lib/messageOf";
import type { FindingFix } from "./finding";
import { WIZARD_PATH, type Wizard } from "./wizard";

const FLOW_PATH = "/api/v1/projects/{project_name}/flows/{flow}";

interface Changes {
  /** Keeps values at once, so that a refresh loses nothing. */
  fillIn: (values: Record<string, unknown>) => Promise<boolean>;
  applyFix: (code: string, fix: FindingFix) => Promise<boolean>;
  undoFix: (id: string) => Promise<boolean>;
  /** What the last choice of data has emptied and undone, until somebody has read it. */
  dropped: Wizard["dropped"];
  forgetDropped: () => void;
}

/** A flow as its wizard shows it, and its changes, one after the other. */
export function useWizard(project_name: string, flow: string) {
  const { t } = useTranslation("wizard");
  const { message } = App.useApp();
  const client = useQueryClient();
  const params = { path: { project_name, flow } };
  const query = queries.useQuery("get", WIZARD_PATH, { params });
  const [dropped, setDropped] = useState<Wizard["dropped"]>([]);
  const line = useRef<Promise<unknown>>(Promise.resolve());
  const key = queries.queryOptions("get", WIZARD_PATH, { params }).queryKey;

  const change = useCallback(
    (make: (number: number) => Promise<Wizard | undefined>): Promise<boolean> => {
      const next = line.current.then(async () => {
        try {
          const now = client.getQueryData<Wizard>(key);
          let made: Wizard | undefined;
          try {
            made = await make(now?.number ?? 0);
          } catch (error) {
            if (!(error instanceof ApiError && (error.status === 409 || error.status === 412))) throw error;
            // Somebody else changed the flow: what is changed here is a part of it, so both changes stay.
            const { data } = await api.GET(WIZARD_PATH, { params: { path: { project_name, flow } } });
            made = await make(data?.number ?? 0);
            void message.info(t("changedElsewhere"));
          }
          if (made) client.setQueryData(key, made);
          if (made && made.dropped.length > 0) setDropped(made.dropped);
          // Its title may follow what was filled in.
          void client.invalidateQueries({ queryKey: ["get", FLOW_PATH, { params: { path: { project_name, flow } } }] });
          return true;
        } catch (error) {
          void message.error(messageOf(error), 8);
          await client.invalidateQueries({ queryKey: key });
          return false;
        }
      });
      line.current = next;
      return next;
    },
    [client, flow, key, message, project_name, t],
  );

  const path = { project_name, flow };
  const changes: Changes = {
    dropped,
    forgetDropped: () => setDropped([]),
    fillIn: (values) => {
      client.setQueryData<Wizard>(key, (before) => before && { ...before, values: { ...before.values, ...values } });
      return change(async (number) => {
        const header = { "If-Match": etag(number) };
        return (await api.PATCH(WIZARD_PATH, { params: { path, header }, body: { values } })).data;
      });
    },
    applyFix: (code, fix) =>
      change(async (number) => {
        const header = { "If-Match": etag(number) };
        const body = { code, ...fix, label: inBoth(fix.label) };
        return (await api.POST(`${WIZARD_PATH}/fixes`, { params: { path, header }, body })).data;
      }),
    undoFix: (fix) =>
      change(async (number) => {
        const header = { "If-Match": etag(number) };
        return (await api.DELETE(`${WIZARD_PATH}/fixes/{fix}`, { params: { path: { ...path, fix }, header } })).data;
      }),
  };
  return { query, ...changes };
}

/** A label as the server keeps it: in both languages, also where an operator knows one only. */
function inBoth(label: Text): { en: string; "zh-CN": string } {
  return { en: localized(label, "en"), "zh-CN": localized(label, "zh-CN") };
}
