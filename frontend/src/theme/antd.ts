import { theme as antd, type ThemeConfig } from "antd";
import { type Theme, tokensOf } from "./apply";
import type { Tokens } from "./tokens";

export const FONT =
  '"Inter Variable", "PingFang SC", "Microsoft YaHei", "Noto Sans SC", "Noto Sans CJK SC", sans-serif';
export const MONO = '"JetBrains Mono Variable", ui-monospace, monospace';

type Algorithm = typeof antd.darkAlgorithm;

/** Ant Design tones colours down for dark surfaces; ours are chosen for each theme already, and can be read as they are. */
function exactly(tokens: Tokens): Algorithm {
  return (_seed, derived) => ({
    ...(derived ?? antd.defaultAlgorithm(antd.defaultSeed)),
    colorPrimary: tokens.accent,
    colorPrimaryText: tokens["accent-ink"],
    colorSuccess: tokens.ok,
    colorSuccessText: tokens.ok,
    colorWarning: tokens.warn,
    colorWarningText: tokens.warn,
    colorError: tokens.error,
    colorErrorText: tokens.error,
    colorErrorHover: tokens.error,
    colorErrorActive: tokens.error,
    colorInfo: tokens["accent-ink"],
    colorInfoText: tokens["accent-ink"],
  });
}

/** Ant Design in our colours, radii and sizes. */
export function antdTheme(theme: Theme): ThemeConfig {
  const tokens = tokensOf(theme);
  return {
    algorithm: [theme === "dark" ? antd.darkAlgorithm : antd.defaultAlgorithm, exactly(tokens)],
    token: {
      colorPrimary: tokens.accent,
      colorLink: tokens["accent-ink"],
      colorSuccess: tokens.ok,
      colorWarning: tokens.warn,
      colorError: tokens.error,
      colorSuccessBg: tokens["ok-soft"],
      colorWarningBg: tokens["warn-soft"],
      colorErrorBg: tokens["error-soft"],
      colorInfoBg: tokens["accent-soft"],
      colorSuccessBorder: tokens.line,
      colorWarningBorder: tokens.line,
      colorErrorBorder: tokens.line,
      colorInfoBorder: tokens.line,
      colorBgBase: tokens.surface,
      colorBgLayout: tokens.canvas,
      colorBgContainer: tokens.surface,
      colorBgElevated: tokens.raised,
      colorBorder: tokens["line-strong"],
      colorBorderSecondary: tokens.line,
      colorText: tokens.ink,
      colorTextSecondary: tokens["ink-soft"],
      colorTextTertiary: tokens["ink-faint"],
      colorTextPlaceholder: tokens["ink-faint"],
      colorTextDescription: tokens["ink-soft"],
      colorTextLightSolid: tokens["on-accent"],
      fontFamily: FONT,
      fontFamilyCode: MONO,
      fontSize: 13,
      borderRadius: 8,
      borderRadiusLG: 12,
      controlHeight: 32,
      wireframe: false,
    },
    components: {
      Table: {
        headerBg: "transparent",
        headerColor: tokens["ink-soft"],
        cellPaddingBlock: 10,
        headerSplitColor: "transparent",
      },
      Checkbox: { borderRadiusSM: 4 },
      Button: { primaryShadow: "none", defaultShadow: "none" },
    },
  };
}
