import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import i18next from "i18next";
import { type ComponentType, createElement } from "react";
import { createMemoryRouter, RouterProvider } from "react-router";
import { beforeAll, beforeEach, expect, test, vi } from "vitest";

/** What the server is asked, and what it answers. */
const server = vi.hoisted(() => {
  const { Request: Real } = globalThis;
  const state = { changes: [] as string[], answers: {} as Record<string, unknown>, refusal: null as unknown };
  vi.stubGlobal(
    "Request",
    class extends Real {
      constructor(input: RequestInfo | URL, init?: RequestInit) {
        super(typeof input === "string" ? new URL(input, "http://patchbay.test") : input, init);
      }
    },
  );
  vi.stubGlobal("fetch", async (request: Request) => {
    const path = new URL(request.url).pathname.replace("/api/v1", "");
    if (request.method === "GET") return Response.json(state.answers[path] ?? {});
    const match = request.headers.get("If-Match") ?? "";
    state.changes.push(`${request.method} ${path} ${match} ${await request.text()}`);
    return state.refusal ? Response.json({ error: state.refusal }, { status: 409 }) : Response.json({ number: 3 });
  });
  return state;
});

const { startTexts } = await import("../../i18n");
const { RegisterModel } = await import("../models/RegisterModel");
const { Component: DeploymentPage } = await import("./DeploymentPage");

const VERSION = { number: 2, aliases: ["champion"], archived_at: null };
const PRESS = {
  name: "press",
  state: "serving",
  message: "",
  model: "yield",
  number: 1,
  live: 1,
  replicas: 2,
  live_replicas: 2,
  cpu: 1,
  memory: 1 << 29,
  url: "http://127.0.0.1:8421/default/press",
  version: 7,
  columns: [],
};

beforeAll(async () => {
  await startTexts();
  await i18next.loadNamespaces(["models", "deployments", "errors"]);
});

beforeEach(() => {
  server.changes = [];
  server.refusal = null;
  server.answers = {
    "/session": { is_admin: true, permissions: [] },
    "/projects/default/models": { items: [{ name: "yield" }] },
    "/projects/default/models/yield/versions": { items: [VERSION, { ...VERSION, number: 1, aliases: [] }] },
    "/projects/default/deployments/press": PRESS,
    "/projects/default/deployments/press/traffic": { requests: 0, refused: 0, errors: 0, minutes: [] },
  };
});

function open(address: string, path: string, page: ComponentType) {
  const elsewhere = { path: "*", element: <p>elsewhere</p> };
  const router = createMemoryRouter([{ path, element: createElement(page) }, elsewhere], { initialEntries: [address] });
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  );
  return router;
}

/** Opens a dialog, and sends it as often as it takes. */
async function press(name: string) {
  fireEvent.click(await screen.findByRole("button", { name: new RegExp(`${name}$`) }));
  const dialog = await screen.findByRole("dialog");
  const [submit] = [...dialog.querySelectorAll<HTMLElement>("button[type=submit]")];
  if (!submit) throw new Error("The dialog has no button.");
  return submit;
}

const output = { project: "default", run: 7, node: "train", index: "", port: "model" };

test("a model is registered under a name, and its page is opened", async () => {
  const router = open("/p/default/runs/7", "/p/:project/runs/:run", () => <RegisterModel output={output} />);
  const submit = await press("Register");
  fireEvent.click(submit);
  await screen.findByText("Type the model's name");
  expect(server.changes).toEqual([]);
  fireEvent.change(screen.getByRole("combobox"), { target: { value: "yield" } });
  fireEvent.change(screen.getByRole("textbox", { name: "Note" }), { target: { value: "of line 3" } });
  fireEvent.click(submit);
  await screen.findByText("elsewhere");
  const body = JSON.stringify({ run: 7, node: "train", index: "", port: "model", note: "of line 3" });
  expect(server.changes).toEqual([`POST /projects/default/models/yield/versions  ${body}`]);
  expect(router.state.location.pathname).toBe("/p/default/models/yield/versions/3");
});

test("a model that is registered already is told, and what was typed stays", async () => {
  const details = { reason: "same_model", number: 2 };
  server.refusal = { code: "conflict", message: "Version 2 of 'yield' is this very model.", details };
  open("/p/default/runs/7", "/p/:project/runs/:run", () => <RegisterModel output={output} />);
  const submit = await press("Register");
  fireEvent.change(screen.getByRole("combobox"), { target: { value: "yield" } });
  fireEvent.click(submit);
  await waitFor(() => expect(screen.getByRole("alert").textContent).toContain("Version 2 is this very model"));
  expect(screen.getByRole<HTMLInputElement>("combobox").value).toBe("yield");
});

test("a deployment is replaced as it was when the dialog was opened", async () => {
  open("/p/default/deployments/press", "/p/:project/deployments/:deployment", DeploymentPage);
  const submit = await press("Replace");
  // Somebody else changes it meanwhile, and the page hears of that.
  server.answers["/projects/default/deployments/press"] = { ...PRESS, version: 8, state: "changing", replicas: 1 };
  fireEvent.change(screen.getByRole("spinbutton", { name: "Replicas" }), { target: { value: "3" } });
  server.refusal = { code: "conflict", message: "It was changed meanwhile.", details: { reason: "changed" } };
  fireEvent.click(submit);
  await waitFor(() => expect(screen.getByRole("alert").textContent).toContain("Somebody else"));
  server.refusal = null;
  fireEvent.click(submit);
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  const body = JSON.stringify({ model: "yield", number: 1, replicas: 3 });
  const change = `PUT /projects/default/deployments/press "7" ${body}`;
  expect(server.changes).toEqual([change, change]);
});
