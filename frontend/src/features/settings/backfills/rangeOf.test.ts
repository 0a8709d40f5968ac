import dayjs from "dayjs";
import { expect, test } from "vitest";
import { rangeOf } from "./rangeOf";

test("days begin and end in the time zone of the times, whatever the clock does there", () => {
  const days: [dayjs.Dayjs, dayjs.Dayjs] = [dayjs("2026-03-29"), dayjs("2026-03-30")];
  const { from, until } = rangeOf(days, "Europe/Berlin");
  expect(new Date(from * 1000).toISOString()).toBe("2026-03-28T23:00:00.000Z");
  expect(new Date(until * 1000).toISOString()).toBe("2026-03-30T22:00:00.000Z");
  expect(rangeOf(days, "Asia/Shanghai").from).toBe(from - 7 * 3600);
});
