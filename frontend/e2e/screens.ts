import type { Platform } from "./platform";

/** Every screen, by name, in a project in which the sample flow has run. */
export const SCREENS: Readonly<Record<string, string>> = {
  home: "/p/default",
  flows: "/p/default/flows",
  canvas: "/p/default/flows/yield",
  runs: "/p/default/runs",
  run: "/p/default/runs/1",
  compare: "/p/default/compare?a=1&b=2",
  datasets: "/p/default/datasets",
  dataset: "/p/default/datasets/lots",
  settings: "/p/default/settings",
  members: "/p/default/settings?tab=members",
  schedules: "/p/default/settings?tab=schedules",
  secrets: "/p/default/settings?tab=secrets",
  restrictions: "/p/default/settings?tab=restrictions",
  projects: "/projects",
  operators: "/operators",
  operator: "/operators/clean.fill_missing@1.0.0",
  releases: "/releases",
  pools: "/pools",
  account: "/account",
  users: "/users",
  audit: "/audit",
};

const LOTS = "lot,step,thickness,fail\nA1,etch,1.02,0\nA2,etch,0.98,0\nA3,litho,1.31,1\nA4,litho,,0\n";

/** Two runs of the sample flow, and a small dataset, in the project `default`. */
export async function inhabit(platform: Platform): Promise<void> {
  await platform.command("demo");
  await platform.command("demo");
  await platform.command("datasets", "add", await platform.file("lots.csv", LOTS));
}
