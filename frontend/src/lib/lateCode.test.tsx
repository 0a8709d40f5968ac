import { fireEvent, render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { lateCode, useLateCode } from "./lateCode";

let isAway = true;
const shape = lateCode(async () => {
  if (isAway) throw new Error("away");
  return { name: "Circle" };
});

function Shown() {
  const { code, failure } = useLateCode(shape);
  return <>{code ? code.name : failure || "…"}</>;
}

test("what could not be loaded is said in its place, and comes when it is tried again", async () => {
  const { unmount } = render(<Shown />);
  const again = await screen.findByRole("button");
  isAway = false;
  fireEvent.click(again);
  expect(await screen.findByText("Circle")).toBeTruthy();
  unmount();
  render(<Shown />);
  expect(screen.getByText("Circle")).toBeTruthy();
});
