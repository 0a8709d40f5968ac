import { QueryClient } from "@tanstack/react-query";
import { ApiError } from "../api/client";
import { SESSION_KEY } from "../api/session";

/** Reads are tried again when the server is away, never when it has refused. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (failures, error) =>
        failures < 2 && (!(error instanceof ApiError) || error.status === 0 || error.status === 503),
    },
  },
});

// A lost session leads to the sign-in page.
queryClient.getQueryCache().subscribe((event) => {
  if (event.type !== "updated" || event.action.type !== "error") return;
  const error: unknown = event.action.error;
  if (error instanceof ApiError && error.status === 401) queryClient.setQueryData(SESSION_KEY, null);
});
