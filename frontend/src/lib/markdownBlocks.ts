export type Block =
  | { kind: "heading"; level: number; text: string }
  | { kind: "paragraph"; text: string }
  | { kind: "list"; isOrdered: boolean; items: string[] }
  | { kind: "code"; text: string }
  | { kind: "table"; head: string[]; right: boolean[]; rows: string[][] };

export type Span =
  | { look: "plain" | "strong" | "emphasis" | "code"; text: string }
  | { look: "link"; text: string; to: string };

const HEADING = /^(#{1,6})\s+(.*)$/;
const ITEM = /^\s*(?:[-*+]|(\d+)[.)])\s+(.*)$/;
const RULE = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

/** The part of Markdown that reports are written in. */
export function parse(text: string): Block[] {
  const lines = text.replace(/\r\n?/g, "\n").split("\n");
  const blocks: Block[] = [];
  let at = 0;
  const here = () => lines[at] ?? "";
  while (at < lines.length) {
    const line = here();
    const heading = HEADING.exec(line);
    if (!line.trim()) {
      at += 1;
    } else if (heading) {
      blocks.push({ kind: "heading", level: heading[1]?.length ?? 1, text: heading[2] ?? "" });
      at += 1;
    } else if (line.startsWith("```")) {
      const end = lines.findIndex((other, index) => index > at && other.startsWith("```"));
      const stop = end < 0 ? lines.length : end;
      blocks.push({ kind: "code", text: lines.slice(at + 1, stop).join("\n") });
      at = stop + 1;
    } else if (line.includes("|") && RULE.test(lines[at + 1] ?? "")) {
      const head = cells(line);
      const right = cells(lines[at + 1] ?? "").map((rule) => /^-+:$/.test(rule));
      at += 2;
      const rows: string[][] = [];
      while (here().includes("|") && here().trim()) {
        const row = cells(here());
        rows.push(head.map((_, index) => row[index] ?? ""));
        at += 1;
      }
      blocks.push({ kind: "table", head, right, rows });
    } else if (ITEM.test(line)) {
      const isOrdered = ITEM.exec(line)?.[1] !== undefined;
      const items: string[] = [];
      while (at < lines.length && here().trim()) {
        const item = ITEM.exec(here());
        if (item) items.push(item[2] ?? "");
        else if (items.length > 0) items[items.length - 1] += ` ${here().trim()}`;
        at += 1;
      }
      blocks.push({ kind: "list", isOrdered, items });
    } else {
      const words: string[] = [];
      while (here().trim() && !HEADING.test(here()) && !ITEM.test(here()) && !here().startsWith("```")) {
        words.push(here().trim());
        at += 1;
      }
      blocks.push({ kind: "paragraph", text: words.join(" ") });
    }
  }
  return blocks;
}

const INLINE =
  /`([^`]+)`|\*\*([^*]+)\*\*|(?<![\w*])\*([^*\s][^*]*)\*(?!\w)|\[([^\]]+)\]\(((?:https?:\/\/|\/)[^\s)]*)\)/g;

/** The parts of a line that look different. */
export function spans(text: string): Span[] {
  const found: Span[] = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    if (match.index > end) found.push({ look: "plain", text: text.slice(end, match.index) });
    const [whole, code, strong, emphasis, link, to] = match;
    if (code !== undefined) found.push({ look: "code", text: code });
    else if (strong !== undefined) found.push({ look: "strong", text: strong });
    else if (emphasis !== undefined) found.push({ look: "emphasis", text: emphasis });
    else if (link !== undefined && to !== undefined) found.push({ look: "link", text: link, to });
    end = match.index + whole.length;
  }
  if (end < text.length) found.push({ look: "plain", text: text.slice(end) });
  return found;
}

function cells(line: string): string[] {
  return line
    .trim()
    .replace(/^\||\|$/g, "")
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll("\\|", "|"));
}
