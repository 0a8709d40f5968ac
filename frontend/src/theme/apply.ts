import { DARK, LIGHT, type Tokens } from "./tokens";

export type Theme = "light" | "dark";

export function tokensOf(theme: Theme): Tokens {
  return theme === "dark" ? DARK : LIGHT;
}

/** Offer the theme's colours to CSS, and tell the browser how to draw what it draws itself. */
export function applyTheme(theme: Theme): void {
  const root = document.documentElement;
  root.dataset.theme = theme;
  root.style.colorScheme = theme;
  for (const [name, value] of Object.entries(tokensOf(theme))) root.style.setProperty(`--${name}`, value);
}
