import { render, screen } from "@testing-library/react";
import { flushSync } from "react-dom";
import { createMemoryRouter, RouterProvider } from "react-router";
import { expect, test, vi } from "vitest";
import { useListAddress } from "./PagedTable";

function Filters() {
  const { get, change } = useListAddress();
  return (
    <>
      <button type="button" onClick={() => change({ flow: "yield" })}>
        flow
      </button>
      <button type="button" onClick={() => change({ state: "done" })}>
        state
      </button>
      <p>{`${get("flow")} ${get("state")}`}</p>
    </>
  );
}

/** What is done at once after an event: before the browser hands on the next one. */
async function atOnce() {
  for (let i = 0; i < 50; i++) await Promise.resolve();
}

test("the second of two filters, chosen as fast as keys are pressed, knows the first", async () => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", false);
  const router = createMemoryRouter([{ path: "/", element: <Filters /> }]);
  // As the provider of "react-router/dom" has it, which is in the pages.
  render(<RouterProvider router={router} flushSync={(show) => void flushSync(show)} />);
  (await screen.findByText("flow")).click();
  await atOnce();
  screen.getByText("state").click();
  await atOnce();
  expect(screen.getByRole("paragraph").textContent).toBe("yield done");
});
