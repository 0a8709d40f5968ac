import i18next, { type BackendModule } from "i18next";
import { initReactI18next } from "react-i18next";
import { usePreferences } from "../app/preferences";

const files = import.meta.glob<{ default: Record<string, unknown> }>("./{en,zh-CN}/*.json");

/** One file per language and part of the product, loaded when a page needs it. */
const backend: BackendModule = {
  type: "backend",
  init() {},
  read(language, namespace, done) {
    const load = files[`./${language}/${namespace}.json`];
    if (!load) return done(new Error(`There are no texts ${language}/${namespace}.`), null);
    load().then(
      (module) => done(null, module.default),
      (error: Error) => done(error, true), // asked again a few times
    );
  },
};

/** Starts in the language that the person chose, and follows the choice. */
export async function startTexts(): Promise<void> {
  const { language } = usePreferences.getState();
  document.documentElement.lang = language;
  await i18next
    .use(backend)
    .use(initReactI18next)
    .init({
      lng: language,
      fallbackLng: false,
      // Errors may come up anywhere, also where a page's own texts could not be loaded.
      ns: ["common", "errors"],
      defaultNS: "common",
      interpolation: { escapeValue: false },
    });
  usePreferences.subscribe((now, before) => {
    if (now.language === before.language) return;
    document.documentElement.lang = now.language;
    void i18next.changeLanguage(now.language);
  });
}
