import type { Locale } from "antd/es/locale";
import { useEffect, useState } from "react";
import type { Language } from "./preferences";

/** Ant Design's own words. English it has by itself; others are loaded when they are needed. */
export function useAntdTexts(language: Language): Locale | null {
  const [chinese, setChinese] = useState<Locale | null>(null);
  useEffect(() => {
    if (language === "zh-CN") void import("antd/es/locale/zh_CN").then((texts) => setChinese(texts.default));
  }, [language]);
  return language === "zh-CN" ? chinese : null;
}
