import type { ListedVersion } from "../dataset";

/** What a version was made from, as far as it is said. */
export type Origin =
  | { kind: "upload"; file: string }
  | { kind: "catalogue"; entry: string; file: string; from: string | null; licence: string | null }
  | { kind: "run"; run: number | null; flow: string; node: string }
  | { kind: "unknown" };

export function originOf({ source, run_id }: ListedVersion): Origin {
  const text = (key: string) => (typeof source[key] === "string" ? source[key] : "");
  switch (source.kind) {
    case "upload":
      return { kind: "upload", file: text("file_name") };
    case "catalogue":
      return {
        kind: "catalogue",
        entry: text("entry"),
        file: text("file_name"),
        from: text("from") || null,
        licence: text("licence") || null,
      };
    case "run":
      return {
        kind: "run",
        run: typeof source.run === "number" ? source.run : run_id,
        flow: text("flow"),
        node: text("node"),
      };
    default:
      return { kind: "unknown" };
  }
}
