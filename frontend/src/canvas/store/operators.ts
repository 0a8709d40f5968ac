import { queryOptions } from "@tanstack/react-query";
import { api, type Schemas } from "../../api/client";
import { isOperatorSpec, type OperatorSpec } from "../model/spec";

export interface Offered {
  readonly key: string;
  readonly spec: OperatorSpec;
  readonly state: Schemas["Operator"]["state"];
  readonly notice: string | null;
}

async function readAll(signal: AbortSignal): Promise<Offered[]> {
  const found: Offered[] = [];
  let cursor: string | undefined;
  do {
    const { data } = await api.GET("/api/v1/operators", {
      params: { query: { limit: 200, latest: true, ...(cursor && { cursor }) } },
      signal,
    });
    found.push(...(data?.items ?? []).flatMap(asOffered));
    cursor = data?.next ?? undefined;
  } while (cursor);
  return found;
}

export function asOffered({ key, spec, state, notice }: Schemas["Operator"]): Offered[] {
  return isOperatorSpec(spec) ? [{ key, spec, state, notice }] : [];
}

/** For so long, in milliseconds, what is known of operators is taken as it is. */
export const OPERATORS_STAY = 60_000;

export const CATALOGUE_KEY = ["catalogue"] as const;

/** The newest version of every operator. */
export const operatorsQuery = queryOptions({
  queryKey: CATALOGUE_KEY,
  queryFn: ({ signal }) => readAll(signal),
  staleTime: OPERATORS_STAY,
});
