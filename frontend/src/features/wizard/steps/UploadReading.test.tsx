import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { MemoryRouter } from "react-router";
import { beforeAll, expect, test, vi } from "vitest";
import type { Schemas } from "../../../api/client";

/** How the server would read the file, and with which options it was asked. */
const server = vi.hoisted(() => {
  const { Request: Real } = globalThis;
  const state = { reading: [] as unknown[], asked: [] as unknown[], datasets: [] as string[], made: "" };
  vi.stubGlobal(
    "Request",
    class extends Real {
      constructor(input: RequestInfo | URL, init?: RequestInit) {
        super(typeof input === "string" ? new URL(input, "http://patchbay.test") : input, init);
      }
    },
  );
  vi.stubGlobal("fetch", async (request: Request) => {
    if (request.url.endsWith("/file-readers"))
      return Response.json([{ operator: "source.csv", endings: [".csv"], title: "CSV" }]);
    const { pathname } = new URL(request.url);
    if (pathname.endsWith("/datasets"))
      return Response.json({ items: state.datasets.map((name) => ({ name })), next: null });
    if (request.method === "POST" && pathname.endsWith("/versions")) {
      state.made = pathname;
      return Response.json({ run_id: 1, upload: "u1" }, { status: 202 });
    }
    if (!request.url.endsWith("/preview")) return Response.json({ error: { code: "not_found" } }, { status: 404 });
    const body = await request.json();
    state.asked.push(body);
    return Response.json({
      operator: "source.csv@1.0.0",
      options: body.options ?? {},
      columns: [{ name: "温度", type: "float" }],
      rows: [["20.5"], [null]],
      reading: state.reading,
    });
  });
  return state;
});

const { startTexts } = await import("../../../i18n");
const { UploadReading } = await import("./UploadReading");

beforeAll(startTexts);

const UPLOAD = { id: "u1", file_name: "晶圆.csv" } as Schemas["Upload"];
const both = (en: string) => ({ en, "zh-CN": en });
const choice = (label: string, encoding: string, chosen: boolean) => ({
  label: both(label),
  options: { encoding },
  chosen,
});
const said = (code: string, certain: boolean, options: unknown[] = []) => ({
  code,
  certain,
  options,
  columns: [],
  values: {},
  title: both(`About ${code}`),
  meaning: both("What it means."),
});

function show() {
  const client = new QueryClient();
  render(
    <QueryClientProvider client={client}>
      <MemoryRouter>
        <UploadReading project="default" upload={UPLOAD} onStarted={vi.fn()} onAnother={vi.fn()} />
      </MemoryRouter>
    </QueryClientProvider>,
  );
}

test("what is only guessed stands open, and another choice reads the file again", async () => {
  server.asked = [];
  server.reading = [said("encoding", false, [choice("GBK", "gb18030", true), choice("UTF-8", "utf-8", false)])];
  show();
  await userEvent.click(await screen.findByRole("radio", { name: "UTF-8" }));
  await vi.waitFor(() => expect(server.asked).toEqual([{}, { options: { encoding: "utf-8" } }]));
  expect(screen.getByText("20.5")).toBeTruthy();
});

test("what is certain is folded, and opens at a click", async () => {
  server.reading = [said("encoding", true, [choice("GBK", "gb18030", true), choice("UTF-8", "utf-8", false)])];
  show();
  await userEvent.click(await screen.findByRole("button", { name: "Change: About encoding" }));
  expect(screen.getByRole<HTMLInputElement>("radio", { name: "GBK" }).checked).toBe(true);
});

test("a file that cannot be read cannot be used, whatever it is called", async () => {
  server.reading = [said("unreadable", false)];
  show();
  const use = await screen.findByRole<HTMLButtonElement>("button", { name: "That is right, use it" });
  expect(use.disabled).toBe(true);
  expect(await screen.findByDisplayValue("data")).toBeTruthy();
});

test("a file becomes a new version of a dataset only where somebody chooses so", async () => {
  server.reading = [];
  server.datasets = ["data", "data_2", "old-data"];
  show();
  expect(await screen.findByDisplayValue("data_3")).toBeTruthy();
  await userEvent.click(screen.getByRole("radio", { name: /next version of data/ }));
  expect(screen.queryByDisplayValue("data_3")).toBeNull();
  await userEvent.click(screen.getByRole("radio", { name: "A dataset of its own" }));
  await userEvent.click(screen.getByRole("button", { name: "That is right, use it" }));
  await vi.waitFor(() => expect(server.made).toMatch(/\/datasets\/data_3\/versions$/));
  await userEvent.click(screen.getByRole("radio", { name: /next version of data/ }));
  await userEvent.click(screen.getByRole("button", { name: /use it$/ }));
  await vi.waitFor(() => expect(server.made).toMatch(/\/datasets\/data\/versions$/));
});
