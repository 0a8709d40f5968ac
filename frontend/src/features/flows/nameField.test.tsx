import { act, render } from "@testing-library/react";
import { Form, type FormInstance, Input } from "antd";
import { beforeAll, expect, test } from "vitest";
import { startTexts } from "../../i18n";
import { NameField } from "./CreateDialog";

beforeAll(startTexts);

let form: FormInstance | undefined;

function Dialog() {
  [form] = Form.useForm();
  return (
    <Form form={form}>
      <Form.Item name="title">
        <Input />
      </Form.Item>
      <NameField />
    </Form>
  );
}

test("whoever types a title and presses Enter at once is not asked for a name", async () => {
  render(<Dialog />);
  await act(async () => {
    // Before the page has drawn the title.
    form?.setFieldsValue({ title: "Yield of line 3" });
    await form?.validateFields();
  });
  await act(async () => {
    form?.setFieldsValue({ title: "" });
    await expect(form?.validateFields()).rejects.toMatchObject({ errorFields: [{ name: ["name"] }] });
  });
});
