import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import { App } from "antd";
import i18next from "i18next";
import { createMemoryRouter, RouterProvider } from "react-router";
import { beforeAll, beforeEach, expect, test, vi } from "vitest";

/** What the server is asked, and what it answers. */
const server = vi.hoisted(() => {
  const { Request: Real } = globalThis;
  const state = { changes: [] as string[], answers: {} as Record<string, unknown> };
  vi.stubGlobal(
    "Request",
    class extends Real {
      constructor(input: RequestInfo | URL, init?: RequestInit) {
        super(typeof input === "string" ? new URL(input, "http://patchbay.test") : input, init);
      }
    },
  );
  vi.stubGlobal("fetch", async (request: Request) => {
    const path = decodeURIComponent(new URL(request.url).pathname).replace("/api/v1/projects/default", "");
    const answer = () => Response.json(state.answers[path] ?? {}, { headers: { ETag: '"4"' } });
    if (request.method === "GET") return answer();
    const match = request.headers.get("If-Match") ?? "";
    state.changes.push([request.method, path, match, await request.text()].filter(Boolean).join(" "));
    return Response.json({ secret: path.endsWith("/notifications") ? "whsec_shown-once" : "whsec_another" });
  });
  return state;
});

const { startTexts } = await import("../../../i18n");
const { Notifications } = await import("./Notifications");

const FAILED = {
  id: 3,
  run: 7,
  state: "failed",
  tries: 7,
  next_at: null,
  status: "500 Internal Server Error",
  created_at: 1,
  ended_at: 2,
};
const HOOK = {
  name: "on duty",
  kind: "webhook",
  url: "https://hooks.example/key",
  addresses: [],
  ends: ["failed"],
  flow: null,
  enabled: true,
  last: FAILED,
  created_at: 1,
  created_by: "ann",
};

beforeAll(async () => {
  await startTexts();
  await i18next.loadNamespaces(["settings", "errors"]);
});

beforeEach(() => {
  server.changes = [];
  server.answers = {
    "/api/v1/session": { is_admin: true, permissions: [] },
    "/notifications": { items: [HOOK], next: null },
    "/notifications/on duty": HOOK,
    "/notifications/on duty/deliveries": { items: [FAILED, { ...FAILED, id: 2, run: null }], next: null },
    "/flows": { items: [{ name: "yield" }], next: null },
  };
  const router = createMemoryRouter([{ path: "/p/:project/settings", element: <Notifications /> }], {
    initialEntries: ["/p/default/settings"],
  });
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <App>
        <RouterProvider router={router} />
      </App>
    </QueryClientProvider>,
  );
});

async function choose(action: string) {
  fireEvent.click(await screen.findByRole("button", { name: "Actions for on duty" }));
  fireEvent.click(await screen.findByRole("menuitem", { name: action }));
}

test("a new webhook shows its secret once", async () => {
  fireEvent.click(await screen.findByRole("button", { name: /New notification$/ }));
  const save = await screen.findByRole("button", { name: "Save" });
  fireEvent.click(save);
  await screen.findByText("Give it a name");
  await screen.findByText("Type the URL");
  expect(server.changes).toEqual([]);
  fireEvent.change(screen.getByRole("textbox", { name: "Name" }), { target: { value: "press" } });
  fireEvent.change(screen.getByRole("textbox", { name: "URL" }), { target: { value: "https://hooks.example/p" } });
  fireEvent.click(screen.getByRole("checkbox", { name: "is done" }));
  fireEvent.click(save);
  await screen.findByText("whsec_shown-once");
  const body = { name: "press", kind: "webhook", url: "https://hooks.example/p", ends: ["failed", "done"] };
  expect(server.changes).toEqual([`POST /notifications ${JSON.stringify({ ...body, flow: null, enabled: true })}`]);
});

test("a mail has addresses instead of a URL", async () => {
  fireEvent.click(await screen.findByRole("button", { name: /New notification$/ }));
  fireEvent.click(await screen.findByRole("radio", { name: "E-mail" }));
  fireEvent.change(screen.getByRole("textbox", { name: "Name" }), { target: { value: "press" } });
  const addresses = await screen.findByRole("combobox", { name: "Addresses" });
  fireEvent.change(addresses, { target: { value: "ann@fab.example, bob@fab.example," } });
  fireEvent.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(server.changes).toHaveLength(1));
  expect(server.changes[0]).toContain('"kind":"email","addresses":["ann@fab.example","bob@fab.example"]');
});

test("one that is there is changed as it was seen, and switched off", async () => {
  await choose("Edit");
  const dialog = await screen.findByRole("dialog");
  expect(within(dialog).getByRole<HTMLInputElement>("textbox", { name: "URL" }).value).toBe(HOOK.url);
  expect(within(dialog).queryByRole("radio", { name: "E-mail" })).toBeNull();
  fireEvent.click(within(dialog).getByRole("checkbox", { name: "Switched on" }));
  fireEvent.click(within(dialog).getByRole("button", { name: "Save" }));
  await waitFor(() => expect(server.changes).toHaveLength(1));
  const body = JSON.stringify({ url: HOOK.url, ends: ["failed"], flow: null, enabled: false });
  expect(server.changes).toEqual([`PUT /notifications/on duty "4" ${body}`]);
});

test("a test is sent, and what came of it and of the others is shown", async () => {
  await choose("Send a test");
  const drawer = await screen.findByRole("dialog");
  await within(drawer).findByRole("link", { name: "Run 7" });
  expect(within(drawer).getAllByText("500 Internal Server Error")).toHaveLength(2);
  fireEvent.click(within(drawer).getByRole("button", { name: "Send again: Run 7" }));
  await waitFor(() => expect(server.changes).toHaveLength(2));
  expect(server.changes).toEqual([
    "POST /notifications/on duty/test",
    "POST /notifications/on duty/deliveries/3/send-again",
  ]);
});

test("another secret is made only after a question", async () => {
  await choose("New secret");
  const question = await screen.findByRole("dialog");
  expect(server.changes).toEqual([]);
  fireEvent.click(within(question).getByRole("button", { name: "New secret" }));
  await screen.findByText("whsec_another");
  expect(server.changes).toEqual(["POST /notifications/on duty/secret"]);
});
