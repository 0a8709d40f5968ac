export type RunMode = "all" | "to" | "from" | "only";

interface Edge {
  from: string;
  to: string;
}

interface Problem {
  node: string | null;
  level: string;
}

/** The problems that keep a run from starting: those of nodes that it does not need do not. */
export function hindering<P extends Problem>(
  problems: readonly P[],
  edges: readonly Edge[],
  mode: RunMode,
  nodes: readonly string[],
): P[] {
  const errors = problems.filter(({ level }) => level === "error");
  if (mode === "all") return errors;
  const needed = neededBy(edges, mode, nodes);
  return errors.filter(({ node }) => node === null || needed.has(topOf(node)));
}

function neededBy(edges: readonly Edge[], mode: RunMode, nodes: readonly string[]): Set<string> {
  const wires = edges.map(({ from, to }) => ({ from: nodeOf(from), to: nodeOf(to) }));
  const asked = mode === "from" ? reached(nodes, wires, "from", "to") : new Set(nodes);
  return reached([...asked], wires, "to", "from");
}

function reached(
  start: readonly string[],
  wires: readonly { from: string; to: string }[],
  at: "from" | "to",
  next: "from" | "to",
): Set<string> {
  const found = new Set(start);
  const open = [...start];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    for (const wire of wires) {
      if (wire[at] !== node || found.has(wire[next])) continue;
      found.add(wire[next]);
      open.push(wire[next]);
    }
  }
  return found;
}

function nodeOf(end: string): string {
  return end.slice(0, Math.max(0, end.indexOf(".")));
}

function topOf(path: string): string {
  return path.split("/")[0] ?? path;
}
