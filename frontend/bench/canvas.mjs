// How quick the canvas is: one JSON line per figure. Needs a platform that serves the built pages.
//   PATCHBAY_URL, PATCHBAY_USER and PATCHBAY_PASSWORD name it; `node bench/canvas.mjs 300 1000` chooses the sizes.
import { chromium } from "@playwright/test";

const url = process.env.PATCHBAY_URL ?? "http://127.0.0.1:8765";
const project = process.env.PATCHBAY_PROJECT ?? "default";
const sizes = process.argv.slice(2).map(Number).filter(Boolean);
const MILLISECONDS = 4000;
const ROW = 20;

const browser = await chromium.launch({
  executablePath: process.env.PATCHBAY_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"],
});

function report(figure, nodes, values) {
  process.stdout.write(`${JSON.stringify({ figure, nodes, ...values })}\n`);
}

/** One session for everything: signing in often is refused. */
async function signIn() {
  const context = await browser.newContext({ baseURL: url });
  const data = { name: process.env.PATCHBAY_USER, password: process.env.PATCHBAY_PASSWORD };
  const answer = await context.request.post("/api/v1/session", { data });
  if (!answer.ok()) throw new Error(`Signing in as ${data.name} failed: ${await answer.text()}`);
  const headers = { "X-CSRF-Token": (await answer.json()).csrf_token };
  return { headers, setup: context, storageState: await context.storageState() };
}

/** Rows of a source and steps that take and give a table, whatever operators there are. */
async function document(context, name, nodes) {
  const answer = await context.request.get("/api/v1/operators?limit=200&latest=true");
  const operators = (await answer.json()).items;
  const first = (ports, type) => ports.find((port) => port.type === type)?.name;
  const source = operators.find(({ spec }) => spec.inputs.length === 0 && first(spec.outputs, "table"));
  const steps = operators.filter(
    ({ spec }) => spec.inputs.length === 1 && first(spec.inputs, "table") && first(spec.outputs, "table"),
  );
  const made = [];
  const edges = [];
  for (let index = 0; index < nodes; index++) {
    const column = index % ROW;
    const chosen = column === 0 ? source : steps[index % steps.length];
    made.push({ id: `n${index}`, operator: chosen.key, position: [column * 270, Math.floor(index / ROW) * 130] });
    if (column > 0) {
      const before = made[index - 1].operator;
      const output = first(operators.find(({ key }) => key === before).spec.outputs, "table");
      edges.push({ from: `n${index - 1}.${output}`, to: `n${index}.${first(chosen.spec.inputs, "table")}` });
    }
  }
  return { format: 1, name, nodes: made, edges };
}

/** Frames drawn while the mouse moves what it holds. */
async function framesWhileDragging(page, from) {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x + 10, from.y + 10, { steps: 3 });
  await page.evaluate(() => {
    window.frames_ = [];
    const note = (now) => {
      window.frames_.push(now);
      window.noting_ = requestAnimationFrame(note);
    };
    window.noting_ = requestAnimationFrame(note);
  });
  const start = Date.now();
  for (let step = 0; Date.now() - start < MILLISECONDS; step++) {
    const angle = step / 12;
    await page.mouse.move(from.x + 120 * Math.sin(angle), from.y + 80 * Math.cos(angle));
  }
  const frames = await page.evaluate(() => {
    cancelAnimationFrame(window.noting_);
    return window.frames_;
  });
  await page.mouse.up();
  const gaps = frames
    .slice(1)
    .map((at, index) => at - frames[index])
    .sort((left, right) => left - right);
  const seconds = (frames.at(-1) - frames[0]) / 1000;
  return {
    fps: Math.round(gaps.length / seconds),
    p95_frame_ms: Math.round(gaps[Math.floor(gaps.length * 0.95)]),
    longest_frame_ms: Math.round(gaps.at(-1)),
  };
}

async function openFlow(name, nodes, storageState) {
  // A context of its own: nothing is in its cache.
  const context = await browser.newContext({ baseURL: url, viewport: { width: 1440, height: 900 }, storageState });
  const page = await context.newPage();
  await page.goto(`/p/${project}/flows/${name}`, { waitUntil: "commit" });
  const milliseconds = await page
    .waitForFunction(
      () => document.querySelector(".react-flow__node-step") && document.querySelector('[data-place="run"] button'),
      null,
      {
        polling: "raf",
        timeout: 60_000,
      },
    )
    .then(() =>
      page.evaluate(
        () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now())))),
      ),
    );
  report("time to interactive", nodes, { milliseconds: Math.round(milliseconds) });
  return { context, page };
}

const { headers, setup, storageState } = await signIn();
for (const nodes of sizes.length > 0 ? sizes : [300, 1000]) {
  const name = `bench-${nodes}-${Date.now()}`;
  const flows = `/api/v1/projects/${project}/flows`;
  const saved = await setup.request.post(flows, { headers, data: { document: await document(setup, name, nodes) } });
  if (!saved.ok()) throw new Error(`The flow was not saved: ${await saved.text()}`);
  try {
    const { context, page } = await openFlow(name, nodes, storageState);
    await page.waitForTimeout(2500);
    const middleOf = async (locator) => {
      const box = await locator.boundingBox();
      return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    };
    const inView = page.locator(".react-flow__node-step").nth(Math.min(ROW * 2 + 2, nodes - 1));
    report("dragging one node, as opened", nodes, await framesWhileDragging(page, await middleOf(inView)));
    await page.locator("[data-canvas]").focus();
    await page.keyboard.press("Shift+Digit1");
    await page.waitForTimeout(1200);
    const middle = page.locator(".react-flow__node-step").nth(Math.floor(nodes / 2) + ROW / 2);
    report("dragging one node, all in view", nodes, await framesWhileDragging(page, await middleOf(middle)));
    await page.keyboard.press("Control+a");
    await page.waitForTimeout(600);
    report("dragging all nodes, all in view", nodes, await framesWhileDragging(page, await middleOf(middle)));
    await context.close();
  } finally {
    const newest = await setup.request.get(`${flows}/${name}`);
    await setup.request.delete(`${flows}/${name}`, { headers: { ...headers, "If-Match": newest.headers().etag } });
  }
}
await browser.close();
