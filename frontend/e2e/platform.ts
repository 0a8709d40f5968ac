import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";

/** Real datasets: the folder beside the repository, or the one that PATCHBAY_TEST_DATA names. */
const DATA = process.env.PATCHBAY_TEST_DATA ?? resolve("../../shared/data");
export const PYTHON = process.env.PATCHBAY_PYTHON ?? resolve("../.venv/bin/python");
export const PASSWORD = "correct horse battery";

/** A platform of its own, in a folder of its own, with real workers: `patchbay up`. */
export class Platform {
  private process: ChildProcess | null = null;
  private port = 0;

  private constructor(private readonly home: string) {}

  static async start(): Promise<Platform> {
    const platform = new Platform(await mkdtemp(join(tmpdir(), "patchbay-e2e-")));
    await platform.up();
    return platform;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Start it; on the same port as before. */
  async up(): Promise<void> {
    const started = spawn(PYTHON, ["-m", "patchbay_server.cli", "up"], { env: this.environment(), detached: true });
    this.process = started;
    let said = "";
    await new Promise<void>((done, failed) => {
      const onText = (data: Buffer) => {
        said += data.toString();
        const port = /Patchbay is up\s+http:\/\/127\.0\.0\.1:(\d+)/.exec(said)?.[1];
        if (port) {
          this.port = Number(port);
          done();
        }
      };
      started.stdout?.on("data", onText);
      started.stderr?.on("data", onText);
      started.once("exit", (code) => failed(new Error(`patchbay up ended with ${code}:\n${said}`)));
    });
  }

  /** End all of it at once, as a machine that loses its power does. */
  async kill(): Promise<void> {
    const running = this.process;
    if (!running?.pid) return;
    running.removeAllListeners("exit");
    const ended = once(running, "exit");
    for (const pid of await familyOf(running.pid)) killIfThere(pid);
    await ended;
    this.process = null;
  }

  async stop(): Promise<void> {
    await this.end();
    await rm(this.home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }

  /** Run a `patchbay` command on it; what it prints. */
  async command(...args: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(PYTHON, ["-m", "patchbay_server.cli", ...args], {
      env: this.environment(),
    });
    return stdout;
  }

  /** A file that steps of flows find by its name; its path. */
  async file(name: string, text: string): Promise<string> {
    const path = join(this.home, "story", name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
    return path;
  }

  private environment(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      PATCHBAY_HOME: this.home,
      PATCHBAY_PORT: String(this.port),
      PATCHBAY_CATALOGUE_FOLDER: DATA,
      PATCHBAY_DATA_ROOTS: join(this.home, "story"),
      PYTHONUNBUFFERED: "1",
    };
  }

  private async end(): Promise<void> {
    const running = this.process;
    if (!running?.pid || running.exitCode !== null || running.signalCode !== null) return;
    running.removeAllListeners("exit");
    const ended = once(running, "exit");
    process.kill(running.pid, "SIGINT");
    await ended;
    this.process = null;
  }
}

/** A process and all that it has started, also those with a session of their own. */
async function familyOf(pid: number): Promise<number[]> {
  const { stdout } = await promisify(execFile)("ps", ["-eo", "pid=,ppid="]);
  const pairs = stdout.trim().split("\n");
  const family = [pid];
  for (const parent of family) {
    for (const pair of pairs) {
      const [child, of] = pair.trim().split(/\s+/).map(Number);
      if (of === parent && child) family.push(child);
    }
  }
  return family;
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended with its parent.
  }
}
