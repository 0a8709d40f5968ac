import {
  type APIRequestContext,
  type BrowserContext,
  type BrowserContextOptions,
  test as base,
  type Page,
  request,
} from "@playwright/test";
import { PASSWORD, Platform } from "./platform";

export { expect } from "@playwright/test";

export const ROLES = ["admin", "engineer", "scientist", "expert", "on-duty", "viewer"] as const;
/** An admin of the platform, member of no project. */
export const ROOT = "root";

/** The API, as somebody. */
export class Client {
  private constructor(
    readonly http: APIRequestContext,
    private readonly csrf: string,
  ) {}

  static async signIn(url: string, name: string): Promise<Client> {
    const http = await request.newContext({ baseURL: `${url}/api/v1/` });
    const answer = await http.post("session", { data: { name, password: PASSWORD } });
    if (!answer.ok()) throw new Error(await answer.text());
    return new Client(http, (await answer.json()).csrf_token);
  }

  async get<T = unknown>(path: string): Promise<T> {
    return this.result(await this.http.get(path));
  }

  /** `state`: which state of the thing is changed, where the API wants to know. */
  async send<T = unknown>(
    method: "POST" | "PUT" | "PATCH" | "DELETE",
    path: string,
    data?: unknown,
    state?: string,
  ): Promise<T> {
    const headers = { "X-CSRF-Token": this.csrf, ...(state && { "If-Match": state }) };
    return this.result(await this.http.fetch(path, { method, data, headers }));
  }

  private async result<T>(answer: Awaited<ReturnType<APIRequestContext["get"]>>): Promise<T> {
    if (!answer.ok()) throw new Error(`${answer.url()} ${answer.status()} ${await answer.text()}`);
    return answer.status() === 204 ? (undefined as T) : ((await answer.json()) as T);
  }
}

interface Worker {
  platform: Platform;
  admin: Client;
}

interface Story {
  /** A project of this test alone, in which every role has a member: its name. */
  project: string;
  /** A page signed in as the member with this role, or as another user: the admin of the platform, say. */
  as: (name: string, options?: BrowserContextOptions) => Promise<Page>;
}

let projects = 0;

export const test = base.extend<Story, Worker>({
  platform: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern
    async ({}, use) => {
      const platform = await Platform.start();
      await use(platform);
      await platform.stop();
    },
    { scope: "worker", timeout: 120_000 },
  ],
  admin: [
    async ({ platform }, use) => {
      const said = await platform.command("users", "add", ROOT, "--admin");
      await choosePassword(platform, /setup#(\S+)/.exec(said)?.[1]);
      const admin = await Client.signIn(platform.url, ROOT);
      for (const name of ROLES) await addUser(platform, admin, name);
      await use(admin);
    },
    { scope: "worker", timeout: 120_000 },
  ],
  project: async ({ admin }, use, info) => {
    const name = `story-${info.workerIndex}-${++projects}`;
    await admin.send("POST", "projects", { name, title: "Story" });
    for (const role of ROLES) await admin.send("POST", `projects/${name}/members`, { name: role, role });
    await use(name);
  },
  as: async ({ browser, platform, admin: _ }, use) => {
    const opened: BrowserContext[] = [];
    await use(async (name, options = {}) => {
      const size = { width: 1280, height: 800 };
      const context = await browser.newContext({ baseURL: platform.url, viewport: size, ...options });
      opened.push(context);
      await context.request.post("/api/v1/session", { data: { name, password: PASSWORD } });
      return context.newPage();
    });
    for (const context of opened) await context.close();
  },
});

/** A user who has chosen a password, and is in no project yet. */
export async function addUser(platform: Platform, admin: Client, name: string): Promise<void> {
  const { setup_token } = await admin.send<{ setup_token: string }>("POST", "users", { name });
  await choosePassword(platform, setup_token);
}

/** What a new user does with the one-time link. */
async function choosePassword(platform: Platform, token: string | undefined): Promise<void> {
  const http = await request.newContext({ baseURL: platform.url });
  const answer = await http.post("/api/v1/setup", { data: { token, password: PASSWORD } });
  if (!answer.ok()) throw new Error(await answer.text());
  await http.dispose();
}
