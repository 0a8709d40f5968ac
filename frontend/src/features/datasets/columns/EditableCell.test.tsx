import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { EditableCell } from "./EditableCell";
import { FieldTaken } from "./features";

vi.mock("react-i18next", () => ({
  useTranslation: () => ({ t: (key: string, values?: object) => [key, ...Object.values(values ?? {})].join(" ") }),
}));

function open(onSave: (before: string, after: string) => Promise<void>) {
  render(<EditableCell label="Unit of cd" value="nm" onSave={onSave} />);
  fireEvent.click(screen.getByRole("button", { name: /Unit of cd/ }));
  return screen.getByRole("textbox", { name: "Unit of cd" });
}

test("Enter saves what was typed, and the field closes", async () => {
  const save = vi.fn(async () => {});
  const input = open(save);
  fireEvent.change(input, { target: { value: " um " } });
  fireEvent.keyDown(input, { key: "Enter" });
  await waitFor(() => expect(screen.queryByRole("textbox")).toBeNull());
  expect(save).toHaveBeenCalledWith("nm", "um");
});

test("Escape gives up, and what did not change is not saved", () => {
  const save = vi.fn(async () => {});
  fireEvent.keyDown(open(save), { key: "Escape" });
  expect(screen.queryByRole("textbox")).toBeNull();
  fireEvent.click(screen.getByRole("button", { name: /Unit of cd/ }));
  fireEvent.keyDown(screen.getByRole("textbox"), { key: "Enter" });
  expect(save).not.toHaveBeenCalled();
});

test("what somebody else wrote meanwhile is said; another Enter replaces it", async () => {
  const save = vi
    .fn<(before: string, after: string) => Promise<void>>()
    .mockRejectedValueOnce(new FieldTaken("mm", "eva"))
    .mockResolvedValueOnce();
  const input = open(save);
  fireEvent.change(input, { target: { value: "um" } });
  fireEvent.keyDown(input, { key: "Enter" });
  expect((await screen.findByRole("alert")).textContent).toContain("eva mm");
  fireEvent.keyDown(input, { key: "Enter" });
  await waitFor(() => expect(save).toHaveBeenLastCalledWith("mm", "um"));
});
