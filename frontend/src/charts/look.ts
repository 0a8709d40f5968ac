import { FONT } from "../theme/antd";
import type { Theme } from "../theme/apply";
import { tokensOf } from "../theme/apply";
import { SERIES } from "../theme/tokens";

/** Parts of an ECharts option that all charts share, in the colours of the theme. */
export function look(theme: Theme) {
  const tokens = tokensOf(theme);
  const text = { color: tokens["ink-soft"], fontFamily: FONT, fontSize: 12 };
  const axis = {
    nameLocation: "middle" as const,
    nameTextStyle: text,
    axisLine: { show: true, lineStyle: { color: tokens["line-strong"] } },
    axisTick: { show: false },
    axisLabel: { ...text, hideOverlap: true },
    splitLine: { lineStyle: { color: tokens.line } },
  };
  return {
    tokens,
    text,
    axis,
    base: {
      color: [...SERIES[theme]],
      textStyle: text,
      animationDuration: 250,
      backgroundColor: "transparent",
      tooltip: {
        confine: true,
        backgroundColor: tokens.raised,
        borderColor: tokens["line-strong"],
        textStyle: { ...text, color: tokens.ink },
      },
    },
  };
}

export type Look = ReturnType<typeof look>;
