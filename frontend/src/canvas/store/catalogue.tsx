import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useMemo } from "react";
import { ApiError, api } from "../../api/client";
import type { FlowGraph } from "../model/document";
import type { Specs } from "../model/spec";
import { asOffered, CATALOGUE_KEY, type Offered, OPERATORS_STAY, operatorsQuery } from "./operators";

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

function useCatalogueOf(graph: FlowGraph): Catalogue {
  const client = useQueryClient();
  const all = useQuery(operatorsQuery);
  const known = useMemo(() => new Set(all.data?.map(({ key }) => key)), [all.data]);
  const missing = all.data ? [...operatorKeys(graph)].filter((key) => !known.has(key)).sort() : [];
  const pinned = useQuery({
    queryKey: [...CATALOGUE_KEY, "pinned", missing],
    queryFn: ({ signal }) => readPinned(missing, signal),
    enabled: missing.length > 0,
    placeholderData: (before) => before,
    staleTime: OPERATORS_STAY,
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
