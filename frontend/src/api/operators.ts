import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, type Schemas } from "./client";

export type Operator = Schemas["Operator"];

const OPERATORS_KEY = ["operators", "all"] as const;
const PAGE = 100;

async function allOperators(): Promise<Operator[]> {
  const found: Operator[] = [];
  let cursor: string | null = null;
  do {
    const { data }: { data?: Schemas["OperatorPage"] } = await api.GET("/api/v1/operators", {
      params: { query: { latest: false, limit: PAGE, ...(cursor !== null && { cursor }) } },
    });
    found.push(...(data?.items ?? []));
    cursor = data?.next ?? null;
  } while (cursor !== null);
  return found;
}

/** Every version of every operator that can run; by id, newest first. Read once and then every five minutes. */
export const operatorsQuery = queryOptions({
  queryKey: OPERATORS_KEY,
  queryFn: allOperators,
  staleTime: 5 * 60_000,
  refetchOnWindowFocus: true,
});

export function useOperators() {
  return useQuery(operatorsQuery);
}

/** The versions that are offered: of each operator the newest one that is not deprecated, else the newest. */
export function offered(operators: readonly Operator[]): Operator[] {
  const best = new Map<string, Operator>();
  for (const operator of operators) {
    if (operator.state === "withdrawn") continue;
    const id = idOf(operator.key);
    const before = best.get(id);
    if (!before || (before.state === "deprecated" && operator.state !== "deprecated")) best.set(id, operator);
  }
  return [...best.values()];
}

/** "clean.cast" of "clean.cast@1.0.0". */
export function idOf(key: string): string {
  return key.split("@")[0] ?? key;
}

export function versionOf(key: string): string {
  return key.split("@")[1] ?? "";
}
