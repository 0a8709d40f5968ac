import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Platform } from "./platform";
import { type Client, expect } from "./test";

const YIELD = resolve("../server/patchbay_server/flows/yield.json");

/** Puts the sample yield flow into a project. */
export async function addYield(admin: Client, project: string): Promise<void> {
  const document = JSON.parse(await readFile(YIELD, "utf8"));
  await admin.send("POST", `projects/${project}/flows`, { document });
}

/** Runs it, with so many columns for its model; the run's number. */
export async function train(admin: Client, project: string, columns: number): Promise<number> {
  const runs = `projects/${project}/runs`;
  const { id } = await admin.send<{ id: number }>("POST", runs, { flow: "yield", params: { columns } });
  const state = async () => (await admin.get<{ state: string }>(`${runs}/${id}`)).state;
  await expect.poll(state, { timeout: 60_000 }).toBe("done");
  return id;
}

/** Makes the model of a run the next version of the model `yield`. */
export async function register(platform: Platform, project: string, run: number): Promise<void> {
  await platform.command("models", "register", "yield", "--run", `${run}`, "--node", "train", "--project", project);
}
