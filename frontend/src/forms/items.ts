import { boundTo } from "./spec";

const PARAM = "\u0000";

/** Items of a list as texts for a select; one that comes from a param of the flow is kept as what it is. */
export function toToken(item: unknown): string {
  const param = boundTo(item);
  return param === null ? String(item) : PARAM + param;
}

/** The param of the flow that a token stands for; null: it is an item itself. */
export function paramOf(token: string): string | null {
  return token.startsWith(PARAM) ? token.slice(PARAM.length) : null;
}

export function toItem<Item>(token: string, parse: (text: string) => Item): Item | { $param: string } {
  const param = paramOf(token);
  return param === null ? parse(token) : { $param: param };
}
