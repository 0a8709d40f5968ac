import { useQueryClient } from "@tanstack/react-query";
import { Button, Form, Modal } from "antd";
import { type ReactNode, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ErrorNotice } from "./ErrorNotice";

interface FormModalProps<Values> {
  title: string;
  submit: string;
  initial?: Partial<Values>;
  /** Throws what goes wrong, which is then shown above the buttons; what was typed stays. */
  onSubmit: (values: Values) => Promise<void>;
  onClose: () => void;
  children: ReactNode;
}

/** A dialog with a few fields: Enter submits, Escape closes, errors stand in it. Reads pages again after success. */
export function FormModal<Values extends object>(props: FormModalProps<Values>) {
  const { title, submit, initial, onSubmit, onClose, children } = props;
  const { t } = useTranslation();
  const client = useQueryClient();
  const [form] = Form.useForm<Values>();
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const isSent = useRef(false);
  const finish = async (values: Values) => {
    // The second click of a double click comes before the button shows that it is busy.
    if (isSent.current) return;
    isSent.current = true;
    setBusy(true);
    setError(null);
    try {
      await onSubmit(values);
      await client.invalidateQueries();
      onClose();
    } catch (problem) {
      setError(problem);
    } finally {
      isSent.current = false;
      setBusy(false);
    }
  };
  return (
    <Modal open title={title} onCancel={onClose} footer={null} destroyOnHidden>
      <Form<Values>
        form={form}
        layout="vertical"
        {...(initial ? { initialValues: initial } : {})}
        requiredMark={false}
        onFinish={finish}
      >
        {children}
        {error !== null && <ErrorNotice error={error} />}
        <div className="form-buttons">
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button type="primary" htmlType="submit" loading={isBusy}>
            {submit}
          </Button>
        </div>
      </Form>
    </Modal>
  );
}
