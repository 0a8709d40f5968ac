import dayjs from "dayjs";
import timezone from "dayjs/plugin/timezone";
import utc from "dayjs/plugin/utc";

dayjs.extend(utc);
dayjs.extend(timezone);

/** The first second of some days and of the day after, in a time zone; seconds since 1970. */
export function rangeOf([first, last]: [dayjs.Dayjs, dayjs.Dayjs], zone: string): { from: number; until: number } {
  const begin = (day: dayjs.Dayjs) => dayjs.tz(day.format("YYYY-MM-DD"), zone).unix();
  return { from: begin(first), until: begin(last.add(1, "day")) };
}
