import { CaretDownOutlined, SearchOutlined } from "@ant-design/icons";
import { Button, Input, Skeleton } from "antd";
import { type KeyboardEvent, useDeferredValue, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { usePreferences } from "../../app/preferences";
import { messageOf } from "../../lib/messageOf";
import type { NewStep } from "../model/steps";
import { useCatalogue } from "../store/catalogue";
import panel from "../view/panel.module.css";
import styles from "./Palette.module.css";
import { PaletteEntry } from "./PaletteEntry";
import { type PaletteItem, paletteFamilies, paletteItems } from "./paletteItems";
import { usePaletteChoices } from "./paletteStore";
import { useFamilyTitle } from "./useFamilyTitle";

const NOTHING_KEPT = { favourites: [], recent: [] };

interface PaletteProps {
  /** Puts a step into the middle of what is seen. */
  onAdd: (step: NewStep) => void;
}

/** What a flow can be made of: searched, dragged onto the canvas, or added with a click. */
export function Palette({ onAdd }: PaletteProps) {
  const { t } = useTranslation("canvas");
  const language = usePreferences((preferences) => preferences.language);
  const { offered, isLoading, error, reload } = useCatalogue();
  const { favourites, recent, folded, toggleFolded, used } = usePaletteChoices();
  const familyTitle = useFamilyTitle();
  const [query, setQuery] = useState("");
  const asked = useDeferredValue(query);
  const list = useRef<HTMLDivElement>(null);

  const items = useMemo(
    () =>
      paletteItems(offered, language, {
        title: (kind) => t(`kinds.${kind}`),
        description: (kind) => t(`panels.palette.about.${kind}`),
      }),
    [offered, language, t],
  );
  const families = useMemo(
    () => paletteFamilies(items, asked, { favourites, recent }),
    [items, asked, favourites, recent],
  );
  const add = (item: PaletteItem) => {
    used(item.id);
    onAdd(item.step);
  };
  const first = families[0]?.items[0];
  const onSearchKey = (event: KeyboardEvent) => {
    // What is listed may lag behind what was typed.
    const [best] = event.key === "Enter" && query.trim() ? paletteFamilies(items, query, NOTHING_KEPT) : [];
    if (best?.items[0]) add(best.items[0]);
    else if (event.key === "Escape" && query) setQuery("");
    else if (event.key === "ArrowDown") entries(list.current)[0]?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <section className={`${panel.panel} ${styles.palette}`} aria-label={t("panels.palette.label")}>
      <Input
        className={styles.search}
        variant="filled"
        allowClear
        prefix={<SearchOutlined />}
        placeholder={t("panels.palette.search")}
        aria-label={t("panels.palette.search")}
        value={query}
        maxLength={100}
        onChange={(event) => setQuery(event.target.value)}
        onKeyDown={onSearchKey}
      />
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the arrows move between the buttons within */}
      <div className={styles.list} ref={list} onKeyDown={moveFocus}>
        {isLoading && offered.length === 0 && <Skeleton active title={false} paragraph={{ rows: 8 }} />}
        {error !== null && error !== undefined && offered.length === 0 && (
          <div className={styles.failed}>
            <p>{messageOf(error)}</p>
            <Button size="small" onClick={reload}>
              {t("panels.palette.reload")}
            </Button>
          </div>
        )}
        {asked.trim() && families[0]?.items.length === 0 && (
          <p className={styles.nothing}>{t("panels.palette.nothing", { query: asked.trim() })}</p>
        )}
        {families.map(({ family, items: members }) => (
          <section key={family} className={styles.family} aria-label={familyTitle(family)}>
            {family !== "found" && (
              <button
                type="button"
                className={styles.heading}
                aria-expanded={!folded.includes(family)}
                onClick={() => toggleFolded(family)}
              >
                {familyTitle(family)}
                <CaretDownOutlined className={styles.fold} />
              </button>
            )}
            {!folded.includes(family) &&
              members.map((item) => (
                <PaletteEntry key={item.key} item={item} isTabStop={item === first} onAdd={() => add(item)} />
              ))}
          </section>
        ))}
      </div>
    </section>
  );
}

function entries(list: HTMLElement | null): HTMLElement[] {
  return list ? [...list.querySelectorAll<HTMLElement>("[data-entry]")] : [];
}

/** One stop for the Tab key; the arrows go on from there. */
function moveFocus(event: KeyboardEvent<HTMLElement>) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const all = entries(event.currentTarget);
  const at = document.activeElement instanceof HTMLElement ? all.indexOf(document.activeElement) : -1;
  if (step === undefined || at < 0) return;
  event.preventDefault();
  event.stopPropagation();
  const next = all[at + step];
  if (next) next.focus();
  else if (step < 0) event.currentTarget.parentElement?.querySelector("input")?.focus();
}
