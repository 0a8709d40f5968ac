import { useQueryClient } from "@tanstack/react-query";
import { Button, Form, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Navigate, useSearchParams } from "react-router";
import { api, queries, setCsrfToken } from "../../api/client";
import { SESSION_KEY, useSession } from "../../api/session";
import { ErrorNotice } from "../../lib/ErrorNotice";
import { Door } from "./Door";

/** Only an address of this product, wherever a link says to go on. */
function safeTarget(to: string | null): string {
  return to?.startsWith("/") && !/^\/[/\\]/.test(to) && !to.startsWith("/sign-in") ? to : "/";
}

export function Component() {
  const { t } = useTranslation("signin");
  const client = useQueryClient();
  const session = useSession();
  const ways = queries.useQuery("get", "/api/v1/sign-in");
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const to = safeTarget(useSearchParams()[0].get("to"));

  if (session.data) return <Navigate to={to} replace />;

  const signIn = async (body: { name: string; password: string }) => {
    setBusy(true);
    setError(null);
    try {
      const { data } = await api.POST("/api/v1/session", { body });
      setCsrfToken(data?.csrf_token ?? null);
      await client.refetchQueries({ queryKey: SESSION_KEY });
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  const provider = ways.data?.oidc;
  return (
    <Door title={t("title")}>
      <Form layout="vertical" requiredMark={false} onFinish={signIn}>
        <Form.Item name="name" label={t("name")} rules={[{ required: true, message: t("nameMissing") }]}>
          <Input autoFocus autoComplete="username" size="large" maxLength={100} />
        </Form.Item>
        <Form.Item name="password" label={t("password")} rules={[{ required: true, message: t("passwordMissing") }]}>
          <Input.Password autoComplete="current-password" size="large" maxLength={1024} />
        </Form.Item>
        {error !== null && <ErrorNotice error={error} />}
        <Button type="primary" htmlType="submit" size="large" block loading={isBusy}>
          {t("submit")}
        </Button>
        {provider && (
          <Button size="large" block href={provider.path}>
            {t("with", { provider: provider.name })}
          </Button>
        )}
      </Form>
    </Door>
  );
}
