import { queryOptions, useQuery } from "@tanstack/react-query";
import { ApiError, api, type Schemas, setCsrfToken } from "./client";

export type Who = Schemas["Who"];

export const SESSION_KEY = ["session"] as const;

async function whoAmI(): Promise<Who | null> {
  try {
    const { data } = await api.GET("/api/v1/session");
    setCsrfToken(data?.csrf_token ?? null);
    return data ?? null;
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null;
    throw error;
  }
}

export const sessionQuery = queryOptions({
  queryKey: SESSION_KEY,
  queryFn: whoAmI,
  staleTime: 5 * 60_000,
  retry: 1,
});

/** Who is signed in; null: nobody. */
export function useSession() {
  return useQuery(sessionQuery);
}

/** Whether the user holds a permission on the whole platform. */
export function useMay(permission: string): boolean {
  return useSession().data?.permissions.includes(permission) ?? false;
}

/** Ends the session. The page is loaded anew, so that nothing that was read with the session stays in memory. */
export async function signOut(): Promise<void> {
  await api.DELETE("/api/v1/session");
  location.assign("/sign-in");
}
