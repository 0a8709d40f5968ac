// How quick the canvas is: one JSON line per figure. Needs a platform that serves the built pages.
//   PATCHBAY_URL, PATCHBAY_USER and PATCHBAY_PASSWORD name it; `node bench/canvas.mjs 300 1000` chooses the sizes.
//   With PATCHBAY_DATASET, a dataset of the project, typing is measured in a form that offers its columns.
// `cpu_ms` is what the page's main thread worked, whatever else the machine does meanwhile.
import { chromium } from "@playwright/test";

const url = process.env.PATCHBAY_URL ?? "http://127.0.0.1:8765";
const project = process.env.PATCHBAY_PROJECT ?? "default";
const sizes = process.argv.slice(2).map(Number).filter(Boolean);
const dataset = process.env.PATCHBAY_DATASET;
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
  const fieldWith = ({ spec }, widget) =>
    Object.entries(spec.params.properties ?? {}).find(([, field]) => field["x-widget"] === widget)?.[0];
  const sources = operators.filter(({ spec }) => spec.inputs.length === 0 && first(spec.outputs, "table"));
  const named = dataset && sources.find((operator) => fieldWith(operator, "dataset"));
  const source = named ?? sources[0];
  const steps = operators.filter(
    ({ spec }) => spec.inputs.length === 1 && first(spec.inputs, "table") && first(spec.outputs, "table"),
  );
  const chooser = steps.find((operator) => fieldWith(operator, "columns")) ?? steps[0];
  const made = [];
  const edges = [];
  for (let index = 0; index < nodes; index++) {
    const column = index % ROW;
    const chosen = column === 0 ? source : index === 1 ? chooser : steps[index % steps.length];
    const params = chosen === named ? { [fieldWith(named, "dataset")]: dataset } : {};
    made.push({
      id: `n${index}`,
      operator: chosen.key,
      params,
      position: [column * 270, Math.floor(index / ROW) * 130],
    });
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
  const busy = await mainThread(page);
  const before = await busy();
  const start = Date.now();
  for (let step = 0; Date.now() - start < MILLISECONDS; step++) {
    const angle = step / 12;
    await page.mouse.move(from.x + 120 * Math.sin(angle), from.y + 80 * Math.cos(angle));
  }
  const frames = await page.evaluate(() => {
    cancelAnimationFrame(window.noting_);
    return window.frames_;
  });
  const worked = (await busy()) - before;
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
    cpu_ms_per_frame: Math.round((worked / frames.length) * 10) / 10,
  };
}

async function mainThread(page) {
  const client = await page.context().newCDPSession(page);
  await client.send("Performance.enable", { timeDomain: "threadTicks" });
  return async () => {
    const { metrics } = await client.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "TaskDuration").value * 1000;
  };
}

/** What one key costs in the first field of the second node's form that takes letters. */
async function typing(page, nodes) {
  await page.locator('.react-flow__node-step[data-id="n1"]').click();
  const fields = ["text", "combobox"].map(
    (role) => `[data-place="inspector"] :not([inert] *):is([role=${role}], [type=${role}])`,
  );
  await page
    .locator(`:is(${fields.join(", ")}):not([readonly])`)
    .first()
    .click();
  await page.waitForTimeout(1500);
  const busy = await mainThread(page);
  const keys = [..."feature_1feature_2feature_3"];
  const before = await busy();
  for (const key of keys) await page.keyboard.press(key);
  await page.waitForTimeout(1000);
  report("typing in a form, one key", nodes, { cpu_ms: Math.round(((await busy()) - before) / keys.length) });
  await page.keyboard.press("Escape");
  await page.locator("[data-canvas]").focus();
}

async function openFlow(name, nodes, storageState) {
  // A context of its own: nothing is in its cache.
  const context = await browser.newContext({ baseURL: url, viewport: { width: 1440, height: 900 }, storageState });
  const page = await context.newPage();
  const busy = await mainThread(page);
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
  report("time to interactive", nodes, {
    milliseconds: Math.round(milliseconds),
    cpu_ms: Math.round(await busy()),
  });
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
    await typing(page, nodes);
    const middleOf = async (locator) => {
      const box = await locator.boundingBox();
      return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    };
    const inView = page.locator(`.react-flow__node-step[data-id="n${Math.min(ROW + 2, nodes - 1)}"]`);
    report("dragging one node, as opened", nodes, await framesWhileDragging(page, await middleOf(inView)));
    await page.locator("[data-canvas]").focus();
    await page.keyboard.press("Shift+Digit1");
    await page.waitForTimeout(1200);
    const middle = page.locator(`.react-flow__node-step[data-id="n${Math.floor(nodes / 2) + ROW / 2}"]`);
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
