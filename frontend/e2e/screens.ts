import type { Page } from "@playwright/test";
import { beyond } from "./beyond";
import { register, train } from "./models";
import { writePackage } from "./packages";
import type { Platform } from "./platform";
import { type Client, expect } from "./test";
import { WAIT } from "./wait";
import { finishWizard } from "./wizard";

export interface Screen {
  readonly address: string;
  /** As somebody sees it who has not signed in. */
  readonly isOutside?: boolean;
  /** What is done on the page until the screen is there; in words of no language. */
  readonly open?: (page: Page) => Promise<void>;
  /** What then is new on the page: the rest is a screen of its own. */
  readonly part?: string;
}

const FLOW = "/p/default/flows/yield";

/** Every screen, by name, in the project that `inhabit` fills. */
export const SCREENS: Readonly<Record<string, Screen>> = {
  "sign-in": { address: "/sign-in", isOutside: true },
  setup: { address: "/setup#token", isOutside: true },
  "not-found": { address: "/nowhere" },
  home: { address: "/p/default" },
  wizards: { address: "/p/default/wizards" },
  "wizard-data": { address: "/p/default/wizards/category?step=data" },
  "wizard-target": { address: "/p/default/wizards/category?step=target" },
  "wizard-effort": { address: "/p/default/wizards/category?step=effort" },
  "wizard-check": { address: "/p/default/wizards/category?step=check" },
  "wizard-result": { address: "/p/default/wizards/category?step=result" },
  flows: { address: "/p/default/flows" },
  "flow-new": { address: "/p/default/flows", open: pressMain, part: '[role="dialog"]' },
  canvas: { address: FLOW },
  "canvas-form": { address: FLOW, open: (page) => select(page, "train"), part: '[data-place="inspector"]' },
  "canvas-data": { address: FLOW, open: (page) => selectAnd(page, "fill", "d"), part: '[data-place="drawer"]' },
  "canvas-scores": { address: FLOW, open: (page) => selectAnd(page, "evaluate", "d"), part: '[data-place="drawer"]' },
  "canvas-menu": {
    address: FLOW,
    open: (page) => node(page, "fill").click({ button: "right" }),
    part: '[role="menu"]',
  },
  "canvas-add": { address: FLOW, open: (page) => selectAnd(page, "fill", "Tab"), part: '[role="dialog"]' },
  "canvas-commands": { address: FLOW, open: (page) => page.keyboard.press("Control+k"), part: '[role="dialog"]' },
  "canvas-keys": { address: FLOW, open: (page) => page.keyboard.press("?"), part: '[role="dialog"]' },
  "canvas-run": {
    address: FLOW,
    open: (page) => page.locator('[data-place="run"] .ant-dropdown-trigger').click(),
    part: '[role="menu"]',
  },
  "canvas-revisions": { address: FLOW, open: openRevisions, part: '[data-place="inspector"]' },
  "canvas-publish": { address: FLOW, open: openPublishing, part: '[role="dialog"]' },
  "canvas-difference": { address: "/p/default/flows/contested?revision=2" },
  "canvas-merge": { address: "/p/default/flows/contested", open: contest, part: '[role="dialog"]' },
  runs: { address: "/p/default/runs" },
  run: { address: "/p/default/runs/1" },
  "run-log": { address: "/p/default/runs/1", open: (page) => page.locator(".ant-segmented-item").nth(5).click() },
  "run-timeline": { address: "/p/default/runs/1?tab=timeline" },
  "run-scores": { address: "/p/default/runs/1?tab=scores" },
  "run-settings": { address: "/p/default/runs/1?tab=settings" },
  training: { address: "/p/default/training" },
  compare: { address: "/p/default/compare?a=1&b=2" },
  datasets: { address: "/p/default/datasets" },
  "dataset-file": { address: "/p/default/datasets?add=file" },
  "dataset-public": { address: "/p/default/datasets?add=public" },
  dataset: { address: "/p/default/datasets/lots" },
  "dataset-data": { address: "/p/default/datasets/lots?tab=data" },
  "dataset-columns": { address: "/p/default/datasets/lots?tab=columns" },
  "dataset-versions": { address: "/p/default/datasets/lots?tab=versions" },
  "dataset-lineage": { address: "/p/default/datasets/lots?tab=lineage" },
  "dataset-retention": { address: "/p/default/datasets/lots?tab=retention" },
  models: { address: "/p/default/models" },
  model: { address: "/p/default/models/yield" },
  "model-comparison": { address: "/p/default/models/yield?a=1&b=2" },
  "model-version": { address: "/p/default/models/yield/versions/2" },
  "model-deploy": { address: "/p/default/models/yield/versions/2", open: pressMain, part: '[role="dialog"]' },
  deployments: { address: "/p/default/deployments" },
  deployment: { address: "/p/default/deployments/press" },
  "deployment-replace": { address: "/p/default/deployments/press", open: pressMain, part: '[role="dialog"]' },
  settings: { address: "/p/default/settings" },
  members: { address: "/p/default/settings?tab=members" },
  schedules: { address: "/p/default/settings?tab=schedules" },
  backfills: { address: "/p/default/settings?tab=backfills" },
  notifications: { address: "/p/default/settings?tab=notifications" },
  "notification-new": {
    address: "/p/default/settings?tab=notifications",
    open: pressMain,
    part: '[role="dialog"]',
  },
  deliveries: {
    address: "/p/default/settings?tab=notifications&notification=on%20duty",
    part: '[role="dialog"]',
  },
  secrets: { address: "/p/default/settings?tab=secrets" },
  restrictions: { address: "/p/default/settings?tab=restrictions" },
  "project-audit": { address: "/p/default/settings?tab=audit" },
  projects: { address: "/projects" },
  operators: { address: "/operators" },
  operator: { address: "/operators/clean.fill_missing@1.0.0" },
  releases: { address: "/releases" },
  "release-upload": { address: "/releases?upload=1", part: '[role="dialog"]' },
  release: { address: "/releases/story-beyond/1.0.0" },
  "release-source": { address: "/releases/story-beyond/1.0.0?tab=source" },
  "release-rehearsal": { address: "/releases/story-beyond/1.0.0?tab=rehearsal" },
  pools: { address: "/pools" },
  account: { address: "/account" },
  users: { address: "/users" },
  audit: { address: "/audit" },
};

const LOTS = "lot,step,thickness,fail\nA1,etch,1.02,0\nA2,etch,0.98,0\nA3,litho,1.31,1\nA4,litho,,0\n";
const CONTESTED = {
  format: 1,
  name: "contested",
  title: "Two people at once",
  nodes: [{ id: "read", operator: "source.csv@1.0.0", params: { path: "lots.csv" }, position: [0, 0] }],
  edges: [],
};

/** Something of everything in the project `default`. */
export async function inhabit(platform: Platform, admin: Client): Promise<void> {
  await platform.command("demo");
  await platform.command("demo");
  await register(platform, "default", 1);
  await register(platform, "default", await train(admin, "default", 5));
  await platform.command("models", "alias", "yield", "champion", "2");
  await platform.command("models", "deploy", "yield", "press", "--version", "2");
  await platform.command("datasets", "add", await platform.file("lots.csv", LOTS));
  const step = { name: "story-beyond", id: "story.beyond", title: "Count beyond a limit" };
  const released = await writePackage(platform, step.name, beyond(step));
  await platform.command("operators", "publish", released, "--approve");
  await platform.command("operators", "publish", await writePackage(platform, "story-wait", WAIT));
  const project = "projects/default";
  await admin.send("POST", `${project}/flows`, { document: { ...CONTESTED, nodes: [], edges: [] } });
  await admin.send("PUT", `${project}/flows/contested`, { document: CONTESTED }, '"1"');
  await admin.send("POST", `${project}/flows`, { document: { format: 1, name: "empty", nodes: [], edges: [] } });
  await admin.send("POST", `${project}/secrets`, { name: "warehouse", value: "secret" });
  await admin.send("PUT", `${project}/restrictions/gpu`, { roles: ["engineer"] });
  await admin.send("POST", `${project}/schedules`, { name: "nightly", flow: "yield", cron: "0 3 * * *" });
  const inside = { name: "on duty", kind: "webhook", url: "http://127.0.0.1/hook" };
  await admin.send("POST", `${project}/notifications`, inside);
  await admin.send("POST", `${project}/notifications/on%20duty/test`);
  await admin.send("POST", "account/tokens", { name: "laptop" });
  await finishWizard(platform, admin, "default");
}

/** Opens a screen and waits until nothing is loaded any more. */
export async function visit(page: Page, { address, open, part }: Screen): Promise<void> {
  await page.goto(address);
  await isQuiet(page);
  if (!open) return;
  await open(page);
  if (part) await expect(page.locator(part).first()).toBeInViewport();
  await isQuiet(page);
}

async function isQuiet(page: Page): Promise<void> {
  await expect(page.getByRole("heading", { level: 1 }).first()).toBeAttached();
  await page.waitForLoadState("networkidle");
  await expect(page.locator('[aria-busy="true"], .ant-skeleton-active')).toHaveCount(0);
}

function node(page: Page, id: string) {
  return page.locator(`.react-flow__node[data-id="${id}"]`);
}

async function select(page: Page, id: string): Promise<void> {
  await node(page, id).click();
  await expect(page.locator("aside input").first()).toBeVisible();
}

async function selectAnd(page: Page, id: string, key: string): Promise<void> {
  await select(page, id);
  await page.keyboard.press(key);
}

/** The button that a page is for. */
async function pressMain(page: Page): Promise<void> {
  await page.locator("main .ant-btn-primary").first().click();
}

async function openRevisions(page: Page): Promise<void> {
  await page.locator('[data-place="toolbar"] .ant-dropdown-trigger').click();
  await page.locator('[data-menu-id$="-revisions"]').press("Enter");
}

async function openPublishing(page: Page): Promise<void> {
  await page.locator('[data-place="toolbar"] .ant-dropdown-trigger').click();
  await page.locator('[data-menu-id$="-publish"]').press("Enter");
}

/** Somebody else renames a step that is being renamed here. */
async function contest(page: Page): Promise<void> {
  const flow = "/api/v1/projects/default/flows/contested";
  const { csrf_token } = await (await page.request.get("/api/v1/session")).json();
  const there = await page.request.get(flow);
  const [first] = CONTESTED.nodes;
  const theirs = { ...CONTESTED, nodes: [{ ...first, title: `Theirs ${Date.now()}` }] };
  const headers = { "X-CSRF-Token": csrf_token, "If-Match": there.headers().etag ?? "" };
  await page.request.put(flow, { data: { document: theirs }, headers });
  await select(page, "read");
  await page.locator("aside input").first().fill(`Mine ${Date.now()}`);
  await expect(page.getByRole("dialog")).toBeVisible();
}
