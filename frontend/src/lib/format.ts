import { usePreferences } from "../app/preferences";

/** Numbers, times and sizes in a language. Times are seconds since 1970, as the API gives them. */
export interface Format {
  /** At most four significant digits, unless it is whole: 0.8667, 1,567. */
  number: (value: number) => string;
  percent: (share: number) => string;
  time: (seconds: number) => string;
  /** "3 minutes ago"; longer than a week ago, the date. */
  ago: (seconds: number) => string;
  /** 0.09 s, 12 s, 3 min 20 s, 2 h 5 min. */
  duration: (seconds: number) => string;
  bytes: (size: number) => string;
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

export function formatIn(language: string): Format {
  const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
  const broken = new Intl.NumberFormat(language, { maximumSignificantDigits: 4 });
  const percent = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });
  const time = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
  const day = new Intl.DateTimeFormat(language, { dateStyle: "medium" });
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  const zh = language.startsWith("zh");
  const [s, min, h] = zh ? [" 秒", " 分", " 小时"] : [" s", " min", " h"];

  const number = (value: number) => (Number.isInteger(value) ? whole.format(value) : broken.format(value));
  return {
    number,
    percent: (share) => percent.format(share),
    time: (seconds) => time.format(seconds * 1000),
    ago(seconds) {
      const passed = Date.now() / 1000 - seconds;
      if (passed > 7 * 86_400) return day.format(seconds * 1000);
      const step = STEPS.find(([, size]) => Math.abs(passed) >= size);
      return step ? relative.format(-Math.round(passed / step[1]), step[0]) : relative.format(0, "second");
    },
    duration(seconds) {
      if (seconds < 1) return `${Math.max(0, seconds).toFixed(2)}${s}`;
      if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)}${s}`;
      const minutes = Math.floor(seconds / 60);
      if (minutes < 60) return `${minutes}${min} ${Math.floor(seconds % 60)}${s}`;
      return `${Math.floor(minutes / 60)}${h} ${minutes % 60}${min}`;
    },
    bytes(size) {
      const units = ["B", "KiB", "MiB", "GiB", "TiB"];
      const power = size < 1024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(size) / 10));
      return `${number(Math.round((size / 1024 ** power) * 10) / 10)} ${units[power]}`;
    },
  };
}

/** The formats of the language that the person chose. */
export function useFormat(): Format {
  return formatIn(usePreferences((preferences) => preferences.language));
}
