import { Checkbox, Form, Input } from "antd";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../../api/client";
import { FormModal } from "../../lib/FormModal";
import { inState } from "./inState";

interface UserDialogProps {
  /** null: a new one. */
  user: Schemas["User"] | null;
  onMade: (name: string, setupToken: string) => void;
  onClose: () => void;
}

interface Values {
  name: string;
  title?: string;
  email?: string;
  is_admin?: boolean;
}

/** Invite somebody, or change what a user is called. */
export function UserDialog({ user, onMade, onClose }: UserDialogProps) {
  const { t } = useTranslation("users");
  const save = async ({ name, title = "", email, is_admin = false }: Values) => {
    const known = { title, email: email || null };
    if (user) {
      await api.PATCH("/api/v1/users/{name}", { params: await inState(user.name), body: known });
      return;
    }
    const { data } = await api.POST("/api/v1/users", { body: { name, is_admin, ...known } });
    if (data) onMade(data.name, data.setup_token);
  };
  return (
    <FormModal<Values>
      title={user ? t("editTitle", { name: user.name }) : t("invite")}
      submit={user ? t("save") : t("inviteSubmit")}
      initial={user ? { title: user.title, email: user.email ?? "" } : {}}
      onSubmit={save}
      onClose={onClose}
    >
      {!user && (
        <Form.Item
          name="name"
          label={t("signInName")}
          extra={t("signInNameHelp")}
          rules={[{ required: true, message: t("nameMissing") }]}
        >
          <Input autoFocus maxLength={100} />
        </Form.Item>
      )}
      <Form.Item name="title" label={t("nameForPeople")}>
        <Input maxLength={200} />
      </Form.Item>
      <Form.Item name="email" label={t("email")} rules={[{ type: "email", message: t("emailWrong") }]}>
        <Input maxLength={200} />
      </Form.Item>
      {!user && (
        <Form.Item name="is_admin" valuePropName="checked">
          <Checkbox>{t("asAdmin")}</Checkbox>
        </Form.Item>
      )}
    </FormModal>
  );
}
