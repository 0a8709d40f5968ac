import { QueryClientProvider } from "@tanstack/react-query";
import { ConfigProvider } from "antd";
import { Suspense, useLayoutEffect } from "react";
import { RouterProvider } from "react-router/dom";
import { Loading } from "../lib/Loading";
import { antdTheme } from "../theme/antd";
import { applyTheme } from "../theme/apply";
import { usePreferences } from "./preferences";
import { queryClient } from "./queryClient";
import { router } from "./router";
import { useAntdTexts } from "./useAntdTexts";
import { useTheme } from "./useTheme";

export function App() {
  const theme = useTheme();
  const texts = useAntdTexts(usePreferences((preferences) => preferences.language));
  useLayoutEffect(() => applyTheme(theme), [theme]);
  return (
    <QueryClientProvider client={queryClient}>
      <ConfigProvider theme={antdTheme(theme)} {...(texts && { locale: texts })} button={{ autoInsertSpace: false }}>
        <Suspense fallback={<Loading />}>
          <RouterProvider router={router} />
        </Suspense>
      </ConfigProvider>
    </QueryClientProvider>
  );
}
