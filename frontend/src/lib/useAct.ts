import { useQueryClient } from "@tanstack/react-query";
import { App } from "antd";
import { useCallback, useState } from "react";
import { messageOf } from "./messageOf";

/** Makes a change: says how it went, and reads again whatever pages show. True: it was made. */
export type Act = (change: () => Promise<unknown>, done?: string) => Promise<boolean>;

export function useAct(): { act: Act; isBusy: boolean } {
  const client = useQueryClient();
  const { message } = App.useApp();
  const [isBusy, setBusy] = useState(false);
  const act = useCallback<Act>(
    async (change, done) => {
      setBusy(true);
      try {
        await change();
        await client.invalidateQueries();
        if (done) void message.success(done);
        return true;
      } catch (error) {
        void message.error(messageOf(error), 8);
        return false;
      } finally {
        setBusy(false);
      }
    },
    [client, message],
  );
  return { act, isBusy };
}
