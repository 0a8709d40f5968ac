import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { App as AntdApp, ConfigProvider } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import { Suspense, useLayoutEffect, useState } from "react";
import { RouterProvider } from "react-router";
import { ApiError } from "../api/client";
import { SESSION_KEY } from "../api/session";
import { Loading } from "../lib/Loading";
import { antdTheme } from "../theme/antd";
import { applyTheme } from "../theme/apply";
import { usePreferences } from "./preferences";
import { router } from "./router";
import { useTheme } from "./useTheme";

/** Reads are tried again when the server is away, never when it has refused; a lost session leads to the sign-in page. */
function makeClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        retry: (failures, error) =>
          failures < 2 && (!(error instanceof ApiError) || error.status === 0 || error.status === 503),
      },
    },
  });
  client.getQueryCache().subscribe((event) => {
    if (event.type !== "updated" || event.action.type !== "error") return;
    const error: unknown = event.action.error;
    if (error instanceof ApiError && error.status === 401) client.setQueryData(SESSION_KEY, null);
  });
  return client;
}

export function App() {
  const theme = useTheme();
  const language = usePreferences((preferences) => preferences.language);
  const [client] = useState(makeClient);
  useLayoutEffect(() => applyTheme(theme), [theme]);
  return (
    <QueryClientProvider client={client}>
      <ConfigProvider
        theme={antdTheme(theme)}
        locale={language === "zh-CN" ? zhCN : enUS}
        button={{ autoInsertSpace: false }}
      >
        <AntdApp className="app">
          <Suspense fallback={<Loading />}>
            <RouterProvider router={router} />
          </Suspense>
        </AntdApp>
      </ConfigProvider>
    </QueryClientProvider>
  );
}
