import { Button, Form, Input, Segmented } from "antd";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { useSession } from "../../api/session";
import { LANGUAGES, usePreferences } from "../../app/preferences";
import { Card, Page } from "../../lib/Page";
import { useAct } from "../../lib/useAct";
import type { Theme } from "../../theme/apply";
import styles from "./AccountPage.module.css";
import { Tokens } from "./Tokens";

/** One's own password, tokens, language and colours. */
export function Component() {
  const { t } = useTranslation("account");
  const name = useSession().data?.name ?? "";
  return (
    <Page title={t("title")} about={t("about", { name })}>
      <Card title={t("look")}>
        <Look />
      </Card>
      <Card title={t("password")}>
        <PasswordForm />
      </Card>
      <Tokens />
    </Page>
  );
}

function Look() {
  const { t } = useTranslation("account");
  const { language, theme, set } = usePreferences();
  return (
    <div className={styles.look}>
      <Segmented
        aria-label={t("language")}
        value={language}
        options={LANGUAGES.map((value) => ({ value, label: value === "en" ? "English" : "简体中文" }))}
        onChange={(value) => set({ language: value })}
      />
      <Segmented<Theme | "system">
        aria-label={t("theme")}
        value={theme ?? "system"}
        options={(["system", "light", "dark"] as const).map((value) => ({ value, label: t(`themes.${value}`) }))}
        onChange={(value) => set({ theme: value === "system" ? null : value })}
      />
    </div>
  );
}

interface Passwords {
  old: string;
  new: string;
}

function PasswordForm() {
  const { t } = useTranslation("account");
  const { act, isBusy } = useAct();
  const [form] = Form.useForm<Passwords>();
  const save = async (body: Passwords) => {
    if (await act(() => api.PUT("/api/v1/account/password", { body }), t("passwordChanged"))) form.resetFields();
  };
  return (
    <Form<Passwords> form={form} layout="vertical" requiredMark={false} className={styles.form} onFinish={save}>
      <Form.Item name="old" label={t("oldPassword")} rules={[{ required: true, message: t("passwordMissing") }]}>
        <Input.Password autoComplete="current-password" maxLength={1024} />
      </Form.Item>
      <Form.Item
        name="new"
        label={t("newPassword")}
        extra={t("passwordHelp")}
        rules={[{ required: true, min: 12, message: t("passwordShort") }]}
      >
        <Input.Password autoComplete="new-password" maxLength={1024} />
      </Form.Item>
      <Button htmlType="submit" loading={isBusy}>
        {t("changePassword")}
      </Button>
    </Form>
  );
}
