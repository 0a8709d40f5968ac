import { useMemo } from "react";
import { useSearchParams } from "react-router";
import { queries } from "../../../api/client";
import { type FlowDocument, readDocument } from "../../model/document";

/** A revision never changes: it is read once. null: none is asked for, or it is not there yet. */
export function useRevision(project_name: string, flow: string, number: number | null) {
  const query = queries.useQuery(
    "get",
    "/api/v1/projects/{project_name}/flows/{flow}/revisions/{number}",
    { params: { path: { project_name, flow, number: number ?? 0 } } },
    { enabled: number !== null, staleTime: Number.POSITIVE_INFINITY, retry: false },
  );
  const raw = query.data?.document;
  const document = useMemo<FlowDocument | null>(() => (raw ? readDocument(raw) : null), [raw]);
  return { document, created_at: query.data?.created_at ?? null, error: query.error };
}

/** What a revision is compared with: the one before, which the first does not have, or what is edited now. */
export type Against = "previous" | "now";

/** The revision that the address names, so that a look at it can be sent to somebody. */
export function useRevisionAddress() {
  const [address, setAddress] = useSearchParams();
  const number = Number(address.get("revision"));
  const set = (name: string, value: string | null) =>
    setAddress((before) => {
      const after = new URLSearchParams(before);
      if (value === null) after.delete(name);
      else after.set(name, value);
      if (name === "revision") after.delete("against");
      return after;
    });
  const against: Against = address.get("against") === "now" || number === 1 ? "now" : "previous";
  return {
    revision: Number.isInteger(number) && number > 0 ? number : null,
    against,
    open: (revision: number) => set("revision", String(revision)),
    close: () => set("revision", null),
    compare: (other: Against) => set("against", other === "now" ? other : null),
  };
}
