import { type KeyboardEvent, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { edgeId } from "../model/document";
import { type MenuRequest, useView } from "../store/viewStore";
import { Popup } from "../view/Popup";
import styles from "./ContextMenu.module.css";
import { Keys } from "./Keys";
import { COMMANDS } from "./registry";
import { useCommandContext } from "./useCommands";

/** The right button on a node, a selection or a wire. */
export function ContextMenu() {
  const menu = useView((view) => view.menu);
  return menu ? <OpenMenu key={menu.screen.join()} menu={menu} /> : null;
}

interface Line {
  key: string;
  title: string;
  keys: string | undefined;
  isDanger: boolean;
  act: () => void;
}

function OpenMenu({ menu }: { menu: MenuRequest }) {
  const { t } = useTranslation("canvas");
  const context = useCommandContext();
  const show = useView((view) => view.show);
  // It is there a moment after what was clicked is selected.
  useView((view) => view.runPart);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => list.current?.querySelector<HTMLElement>("button")?.focus(), []);
  const { edge } = menu;
  const close = () => {
    show({ menu: null });
    context.canvas.focus();
  };
  const commands = COMMANDS.filter(
    ({ id, isOfSelection, when }) => (edge ? id === "remove" : isOfSelection) && when?.(context) !== false,
  );
  const lines: Line[] = commands.map((command) => ({
    key: command.id,
    title: t(`commands.${command.id}`, { defaultValue: command.id }),
    keys: command.keys?.[0],
    isDanger: command.id === "remove",
    act: () => command.run(context),
  }));
  if (edge) {
    const act = () => context.canvas.quickAdd({ screen: menu.screen, at: menu.at, edge });
    lines.unshift({ key: edgeId(edge), title: t("insertStep"), keys: undefined, isDanger: false, act });
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const buttons = [...(list.current?.querySelectorAll<HTMLElement>("button") ?? [])];
    const at = buttons.findIndex((button) => button.matches(":focus"));
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    buttons[(at + step + buttons.length) % buttons.length]?.focus();
  };
  return (
    <Popup at={menu.screen} label={t("menu")} onClose={close}>
      <div ref={list} role="menu" tabIndex={-1} className={styles.menu} onKeyDown={onKeyDown}>
        {lines.map(({ key, title, keys, isDanger, act }) => (
          <button
            key={key}
            type="button"
            role="menuitem"
            className={styles.line}
            data-danger={isDanger ? "" : undefined}
            onPointerMove={(event) => event.currentTarget.focus({ preventScroll: true })}
            onClick={() => {
              close();
              act();
            }}
          >
            <span>{title}</span>
            {keys && <Keys keys={keys} />}
          </button>
        ))}
      </div>
    </Popup>
  );
}
