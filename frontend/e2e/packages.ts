import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { type Platform, PYTHON } from "./platform";

/** An operator package as its author has it: paths and texts of its files. */
export type Package = Readonly<Record<string, string>>;

interface Parts {
  /** Of the package's only module, in which a class `Step` is the operator. */
  code: string;
  /** Everything of the spec but what follows from the package's name. */
  spec: { id: string; [field: string]: unknown };
}

/** A package with one operator. */
export function packageOf(name: string, { code, spec }: Parts): Package {
  const module = name.replaceAll("-", "_");
  const [family = "", operator = ""] = spec.id.split(".");
  const whole = { version: "1.0.0", implementation: `${module}.step:Step`, runs: { engines: ["local"] }, ...spec };
  return {
    "pyproject.toml": [
      "[build-system]",
      'requires = ["hatchling"]',
      'build-backend = "hatchling.build"',
      "[project]",
      `name = "${name}"`,
      'version = "1.0.0"',
      'dependencies = ["patchbay", "polars"]',
      '[project.entry-points."patchbay.operators"]',
      `${module} = "${module}"`,
    ].join("\n"),
    [`${module}/__init__.py`]: '"""Operators of a story."""\n',
    [`${module}/step.py`]: code,
    [`${module}/operator_specs/${family}/${operator}.json`]: JSON.stringify(whole, null, 2),
  };
}

/** Its folder on the platform's machine. */
export async function writePackage(platform: Platform, name: string, files: Package): Promise<string> {
  const paths = Object.entries(files).map(([path, text]) => platform.file(join("packages", name, path), text));
  await Promise.all(paths);
  return dirname(await platform.file(join("packages", name, "README.md"), name));
}

/** A zip of its folder, as it is uploaded. */
export async function zipPackage(platform: Platform, name: string, files: Package): Promise<string> {
  const cwd = await writePackage(platform, name, files);
  const archive = `${cwd}.zip`;
  await promisify(execFile)(PYTHON, ["-m", "zipfile", "-c", archive, ...(await readdir(cwd))], { cwd });
  return archive;
}
