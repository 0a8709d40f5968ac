import { useFormat } from "../../../lib/format";
import { useNow } from "./useNow";

interface DurationProps {
  from: number | null;
  to: number | null;
  isRunning?: boolean;
}

/** How long something took, or has taken until now. */
export function Duration({ from, to, isRunning = false }: DurationProps) {
  const format = useFormat();
  const now = useNow(isRunning && to === null && from !== null);
  if (from === null) return <span className="numbers">–</span>;
  if (to === null && !isRunning) return <span className="numbers">–</span>;
  return <span className="numbers">{format.duration(Math.max(0, (to ?? now) - from))}</span>;
}
