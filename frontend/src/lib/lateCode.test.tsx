import { fireEvent, render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { lateCode } from "./lateCode";

test("what could not be loaded is said in its place, and comes when it is tried again", async () => {
  let isAway = true;
  const useShape = lateCode(async () => {
    if (isAway) throw new Error("away");
    return { name: "Circle" };
  });
  function Shown() {
    const { code, failure } = useShape();
    return <>{code ? code.name : failure || "…"}</>;
  }
  const { unmount } = render(<Shown />);
  const again = await screen.findByRole("button");
  isAway = false;
  fireEvent.click(again);
  expect(await screen.findByText("Circle")).toBeTruthy();
  unmount();
  render(<Shown />);
  expect(screen.getByText("Circle")).toBeTruthy();
});
