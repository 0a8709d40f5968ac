import { Tooltip } from "antd";
import { useFormat } from "./format";

/** How long ago; the exact time on hover and focus. Null: a dash. */
export function Ago({ at }: { at: number | null | undefined }) {
  const format = useFormat();
  if (at === null || at === undefined) return <span aria-hidden="true">–</span>;
  return (
    <Tooltip title={format.time(at)}>
      <time dateTime={new Date(at * 1000).toISOString()}>{format.ago(at)}</time>
    </Tooltip>
  );
}
