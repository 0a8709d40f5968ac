import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { usePlaces } from "../panels/usePlaces";
import { openGraph } from "../store/flowStore";
import { useView } from "../store/viewStore";
import { Popup } from "../view/Popup";
import { type Choice, SearchList } from "../view/SearchList";
import styles from "./CommandPalette.module.css";
import { Keys } from "./Keys";
import { COMMANDS } from "./registry";
import { useCommandContext } from "./useCommands";

interface Doing extends Choice {
  readonly act: () => void;
}

/** Ctrl+K: everything that can be done now, and every step of the graph to go to. */
export function CommandPalette() {
  const isOpen = useView(({ overlay }) => overlay === "commands");
  return isOpen ? <OpenPalette /> : null;
}

function OpenPalette() {
  const { t } = useTranslation("canvas");
  const context = useCommandContext();
  const { titleOf } = usePlaces();
  const show = useView((view) => view.show);
  const choices = useMemo<Doing[]>(() => {
    const commands = COMMANDS.filter((command) => !command.isKeyOnly && command.when?.(context) !== false).map(
      (command) => {
        const title: string = t(`commands.${command.id}`, { defaultValue: command.id });
        const [keys] = command.keys ?? [];
        return {
          key: command.id,
          title,
          texts: [title, t(`groups.${command.group}`), command.id],
          hint: keys && <Keys keys={keys} />,
          act: () => command.run(context),
        };
      },
    );
    const { store, canvas } = context;
    const steps = openGraph(store.getState()).nodes.map((node) => {
      const title = titleOf(node);
      return {
        key: `node:${node.id}`,
        title: t("goTo", { title }),
        detail: node.id,
        texts: [title, node.id, node.operator ?? ""],
        act: () => {
          store.getState().select([node.id]);
          canvas.reveal(node.id);
        },
      };
    });
    return [...commands, ...steps];
  }, [context, t, titleOf]);
  const close = () => {
    show({ overlay: null });
    context.canvas.focus();
  };
  return (
    <Popup at={null} label={t("commands.commands")} className={styles.box ?? ""} onClose={close}>
      <SearchList
        label={t("commandSearch")}
        choices={choices}
        nothing={t("quickAdd.nothing")}
        onChoose={({ act }) => {
          close();
          act();
        }}
      />
    </Popup>
  );
}
