import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { type Language, usePreferences } from "../app/preferences";

/** All texts of a language at once: one that came late would take away the page on which it is shown. */
const languages = { en: () => import("./en"), "zh-CN": () => import("./zh-CN") };

/** Starts in the language that the person chose, and follows the choice. */
export async function startTexts(): Promise<void> {
  const { language } = usePreferences.getState();
  const { texts } = await languages[language]();
  document.documentElement.lang = language;
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    resources: { [language]: texts },
    defaultNS: "common",
    interpolation: { escapeValue: false },
  });
  usePreferences.subscribe((now, before) => {
    if (now.language === before.language) return;
    // Where the texts cannot be loaded, everything stays in the language that is shown.
    speak(now.language).catch(() => now.set({ language: before.language }));
  });
}

async function speak(language: Language): Promise<void> {
  const { texts } = await languages[language]();
  if (usePreferences.getState().language !== language) return;
  for (const [part, ofPart] of Object.entries(texts)) i18next.addResourceBundle(language, part, ofPart);
  document.documentElement.lang = language;
  await i18next.changeLanguage(language);
}
