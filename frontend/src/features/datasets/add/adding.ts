import { useSearchParams } from "react-router";

export const WAYS = ["file", "public", "empty"] as const;
export type Way = (typeof WAYS)[number];

export interface Adding {
  /** null: nothing is being added. */
  way: Way | null;
  upload: string | null;
  /** Whether a file that was imported before is to be imported again. */
  isAgain: boolean;
  /** How far adding is, in the address: a refresh of the page goes on there. */
  go: (to: { way: Way; upload?: string; isAgain?: boolean }) => void;
  close: () => void;
}

export function useAdding(): Adding {
  const [address, setAddress] = useSearchParams();
  const change = (values: { [name: string]: string | null }) =>
    setAddress((before) => {
      const after = new URLSearchParams(before);
      for (const [name, value] of Object.entries(values)) value ? after.set(name, value) : after.delete(name);
      return after;
    });
  return {
    way: WAYS.find((way) => way === address.get("add")) ?? null,
    upload: address.get("upload"),
    isAgain: address.has("again"),
    go: ({ way, upload, isAgain }) => change({ add: way, upload: upload ?? null, again: isAgain ? "1" : null }),
    close: () => change({ add: null, upload: null, again: null }),
  };
}
