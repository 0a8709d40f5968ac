import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useMemo } from "react";
import { ApiError, api, type Schemas } from "../../api/client";
import type { FlowGraph } from "../model/document";
import { isOperatorSpec, type OperatorSpec, type Specs } from "../model/spec";

export interface Offered {
  readonly key: string;
  readonly spec: OperatorSpec;
  readonly state: Schemas["Operator"]["state"];
  readonly notice: string | null;
}

export interface Catalogue {
  /** The newest version of every operator that may be used: what palettes and searches offer. */
  readonly offered: readonly Offered[];
  /** Those, and the versions that the flow pins. */
  readonly specs: Specs;
  readonly entries: ReadonlyMap<string, Offered>;
  readonly isLoading: boolean;
  readonly error: unknown;
  readonly reload: () => void;
}

const MINUTE = 60_000;

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

/** Versions that are not the newest, one by one; those that are no longer known are left out. */
async function readPinned(keys: readonly string[], signal: AbortSignal): Promise<Offered[]> {
  const answers = await Promise.all(
    keys.map(async (key) => {
      try {
        const { data } = await api.GET("/api/v1/operators/{key}", { params: { path: { key } }, signal });
        return data ? asOffered(data) : [];
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return [];
        throw error;
      }
    }),
  );
  return answers.flat();
}

function asOffered({ key, spec, state, notice }: Schemas["Operator"]): Offered[] {
  return isOperatorSpec(spec) ? [{ key, spec, state, notice }] : [];
}

/** Every "id@version" of a graph and of the bodies within it. */
export function operatorKeys(graph: FlowGraph): Set<string> {
  const keys = new Set<string>();
  const collect = ({ nodes }: FlowGraph) => {
    for (const { operator, body } of nodes) {
      if (operator) keys.add(operator);
      if (body) collect(body);
    }
  };
  collect(graph);
  return keys;
}

export const CATALOGUE_KEY = ["catalogue"] as const;

function useCatalogueOf(graph: FlowGraph): Catalogue {
  const client = useQueryClient();
  const all = useQuery({ queryKey: CATALOGUE_KEY, queryFn: ({ signal }) => readAll(signal), staleTime: MINUTE });
  const known = useMemo(() => new Set(all.data?.map(({ key }) => key)), [all.data]);
  const missing = all.data ? [...operatorKeys(graph)].filter((key) => !known.has(key)).sort() : [];
  const pinned = useQuery({
    queryKey: [...CATALOGUE_KEY, "pinned", missing],
    queryFn: ({ signal }) => readPinned(missing, signal),
    enabled: missing.length > 0,
    placeholderData: (before) => before,
    staleTime: MINUTE,
  });
  const isLoading = all.isPending || (missing.length > 0 && pinned.isPending);
  const error = all.error ?? pinned.error;
  return useMemo(() => {
    const entries = new Map([...(pinned.data ?? []), ...(all.data ?? [])].map((entry) => [entry.key, entry]));
    return {
      offered: (all.data ?? []).filter(({ state }) => state !== "withdrawn"),
      specs: new Map([...entries].map(([key, { spec }]) => [key, spec])),
      entries,
      isLoading,
      error,
      reload: () => void client.invalidateQueries({ queryKey: CATALOGUE_KEY }),
    };
  }, [all.data, pinned.data, isLoading, error, client]);
}

const Context = createContext<Catalogue | null>(null);

/** Around an open flow: what operators there are. */
export function CatalogueProvider({ graph, children }: { graph: FlowGraph; children: ReactNode }) {
  return <Context value={useCatalogueOf(graph)}>{children}</Context>;
}

export function useCatalogue(): Catalogue {
  const catalogue = useContext(Context);
  if (!catalogue) throw new Error("No flow is open here.");
  return catalogue;
}

export function useSpecs(): Specs {
  return useCatalogue().specs;
}
