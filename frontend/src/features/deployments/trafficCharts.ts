import type { Schemas } from "../../api/client";
import type { ChartData } from "../../charts/series";

type Minute = Schemas["Minute"];

export interface TrafficWords {
  requests: string;
  refused: string;
  errors: string;
  latency: string;
  time: string;
}

/** Requests of every minute, and their latencies in milliseconds, where there were some. */
export function trafficCharts(
  minutes: readonly Minute[],
  now: number,
  span: number,
  clock: (seconds: number) => string,
  words: TrafficWords,
): { requests: ChartData; latency: ChartData } {
  const last = Math.floor(now / 60);
  const known = new Map(minutes.map((minute) => [Math.round(minute.at / 60), minute]));
  const all = Array.from({ length: span }, (_, index) => last - span + 1 + index);
  const x = all.map((minute) => clock(minute * 60));
  const counts = (name: "requests" | "refused" | "errors") => ({
    name: words[name],
    x,
    y: all.map((minute) => known.get(minute)?.[name] ?? 0),
  });
  const latencies = (name: "p50" | "p99") => ({
    name,
    x,
    y: all.map((minute) => {
      const seconds = known.get(minute)?.[name] ?? null;
      return seconds === null ? null : seconds * 1000;
    }),
  });
  const chart = (title: string, y_label: string, series: Record<string, unknown>[]): ChartData => ({
    kind: "line",
    title,
    x_label: words.time,
    y_label,
    series,
    notes: [],
  });
  return {
    requests: chart(words.requests, words.requests, [counts("requests"), counts("refused"), counts("errors")]),
    latency: chart(words.latency, "ms", [latencies("p50"), latencies("p99")]),
  };
}
