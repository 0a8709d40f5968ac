import { type EdgeProps, getBezierPath, getSmoothStepPath } from "@xyflow/react";
import { ASIDE } from "../model/lanes";

type Ends = Pick<EdgeProps, "sourceX" | "sourceY" | "sourcePosition" | "targetX" | "targetY" | "targetPosition">;

/** A curve; along a lane, where the wire leads back between rows and the lane still lies on its way. */
export function wirePath(ends: Ends, lane: number | null): string {
  const { sourceY, targetY, sourceX, targetX } = ends;
  const isOnTheWay = lane !== null && (lane - sourceY) * (lane - targetY) < 0 && targetX < sourceX + 2 * ASIDE;
  if (!isOnTheWay) return getBezierPath(ends)[0];
  return getSmoothStepPath({ ...ends, centerY: lane, borderRadius: 12, offset: ASIDE })[0];
}
