/** Every colour of the product: the only hex values there are. `apply.ts` offers them to CSS as `var(--name)`. */
export const LIGHT = {
  canvas: "#f6f7f9",
  surface: "#ffffff",
  raised: "#ffffff",
  line: "#e4e8ee",
  "line-strong": "#cdd4de",
  ink: "#151b26",
  "ink-soft": "#4c5768",
  "ink-faint": "#5f6b7f",
  accent: "#3d63f5",
  "accent-soft": "#e7ecfe",
  "accent-ink": "#2443c4",
  "on-accent": "#ffffff",
  dots: "#c6ced9",
  ok: "#0c7a58",
  warn: "#9a5d00",
  error: "#c62b41",
  "ok-soft": "#e2f4ee",
  "warn-soft": "#fbf0dd",
  "error-soft": "#fce8ea",
  source: "#0b7f8c",
  prep: "#3d63f5",
  model: "#7a4df0",
  eval: "#b5661a",
  deploy: "#19854f",
  code: "#55617a",
  shadow: "#151b261f",
} as const;

export type Tokens = { readonly [name in keyof typeof LIGHT]: string };
export type Token = keyof Tokens;

export const DARK: Tokens = {
  canvas: "#0f1218",
  surface: "#1b202b",
  raised: "#222835",
  line: "#272e3b",
  "line-strong": "#3a4455",
  ink: "#e8ecf3",
  "ink-soft": "#a9b3c3",
  "ink-faint": "#909bad",
  accent: "#6f8cff",
  "accent-soft": "#232f57",
  "accent-ink": "#a9baff",
  "on-accent": "#0b1020",
  dots: "#2a3240",
  ok: "#3cc796",
  warn: "#e0a340",
  error: "#f4727f",
  "ok-soft": "#15322a",
  "warn-soft": "#352a17",
  "error-soft": "#3a1f26",
  source: "#38bcc9",
  prep: "#6f8cff",
  model: "#a585ff",
  eval: "#f0a24e",
  deploy: "#45c883",
  code: "#98a4bc",
  shadow: "#00000080",
};

/** Series of charts, distinct also for people who see few colours (after Okabe and Ito). */
export const SERIES = {
  light: ["#3d63f5", "#d2691e", "#0f8460", "#a0308e", "#8a6d00", "#0b7f8c", "#b3404a", "#55617a"],
  dark: ["#6f8cff", "#f0a24e", "#3cc796", "#e07fd0", "#d9c04a", "#38bcc9", "#f4727f", "#98a4bc"],
} as const;
