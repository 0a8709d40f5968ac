import { expect, test } from "vitest";
import { trafficCharts } from "./trafficCharts";

const WORDS = { requests: "Requests", refused: "Refused", errors: "Errors", latency: "Latency", time: "Time" };
const MINUTE = { at: 120, requests: 5, refused: 1, errors: 0, p50: 0.002, p95: 0.003, p99: 0.004 };

test("every minute of the span is there, with latencies where there were requests", () => {
  const { requests, latency } = trafficCharts([MINUTE], 239, 3, String, WORDS);
  expect(requests.series).toEqual([
    { name: "Requests", x: ["60", "120", "180"], y: [0, 5, 0] },
    { name: "Refused", x: ["60", "120", "180"], y: [0, 1, 0] },
    { name: "Errors", x: ["60", "120", "180"], y: [0, 0, 0] },
  ]);
  expect(latency.series).toEqual([
    { name: "p50", x: ["60", "120", "180"], y: [null, 2, null] },
    { name: "p99", x: ["60", "120", "180"], y: [null, 4, null] },
  ]);
});
