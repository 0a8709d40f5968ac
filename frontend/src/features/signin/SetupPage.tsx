import { useQueryClient } from "@tanstack/react-query";
import { Button, Form, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api, setCsrfToken } from "../../api/client";
import { SESSION_KEY } from "../../api/session";
import { ErrorNotice } from "../../lib/ErrorNotice";
import { Door } from "./Door";

/** Behind a one-time link, `/setup#TOKEN`: the token stays in the browser, no address that is sent holds it. */
export function Component() {
  const { t } = useTranslation("signin");
  const client = useQueryClient();
  const navigate = useNavigate();
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const token = location.hash.slice(1);

  const choose = async ({ name, password }: { name?: string; password: string }) => {
    setBusy(true);
    setError(null);
    try {
      const { data } = await api.POST("/api/v1/setup", {
        body: name ? { token, name, password } : { token, password },
      });
      setCsrfToken(data?.csrf_token ?? null);
      await client.refetchQueries({ queryKey: SESSION_KEY });
      await navigate("/", { replace: true });
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Door title={t("setup.title")} about={t("setup.about")}>
      {!token && <ErrorNotice error={t("setup.noToken")} />}
      <Form layout="vertical" requiredMark={false} onFinish={choose}>
        <Form.Item name="name" label={t("setup.name")} extra={t("setup.nameHelp")}>
          <Input autoComplete="username" size="large" maxLength={100} />
        </Form.Item>
        <Form.Item
          name="password"
          label={t("setup.password")}
          rules={[{ required: true, min: 12, message: t("setup.passwordShort") }]}
        >
          <Input.Password autoComplete="new-password" size="large" maxLength={1024} />
        </Form.Item>
        {error !== null && <ErrorNotice error={error} />}
        <Button type="primary" htmlType="submit" size="large" block loading={isBusy} disabled={!token}>
          {t("setup.submit")}
        </Button>
      </Form>
    </Door>
  );
}
