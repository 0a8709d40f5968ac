import { ApartmentOutlined, RedoOutlined, SearchOutlined, UndoOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import { keyParts } from "../commands/keys";
import { commandNamed } from "../commands/registry";
import { useRunCommand } from "../commands/useCommands";
import { useFlow } from "../store/flowStore";
import panel from "./panel.module.css";
import { Slot } from "./Slot";

/** Undo, redo, tidy up and the search for everything else, beside the flow's name. */
export function ToolBar() {
  const { t } = useTranslation("canvas");
  const run = useRunCommand();
  const readOnly = useFlow((state) => state.readOnly);
  const undone = useFlow(({ history }) => history.past.at(-1)?.label ?? null);
  const redone = useFlow(({ history }) => history.future[0]?.label ?? null);
  const named = (label: string) => t(`changes.${label}`, { defaultValue: label });
  const keys = (id: string) => keyParts(commandNamed(id)?.keys?.[0] ?? "").join("+");
  const title = (id: "undo" | "redo", label: string | null) =>
    `${t(`commands.${id}`)}${label ? `: ${named(label)}` : ""} (${keys(id)})`;
  return (
    <Slot name="tools">
      <div className={panel.bar} role="toolbar" aria-label={t("places.toolbar")}>
        {!readOnly && (
          <>
            <button
              type="button"
              className={panel.button}
              disabled={undone === null}
              title={title("undo", undone)}
              aria-label={t("commands.undo")}
              onClick={() => run("undo")}
            >
              <UndoOutlined />
            </button>
            <button
              type="button"
              className={panel.button}
              disabled={redone === null}
              title={title("redo", redone)}
              aria-label={t("commands.redo")}
              onClick={() => run("redo")}
            >
              <RedoOutlined />
            </button>
            <span className={panel.line} />
            <button
              type="button"
              className={panel.button}
              title={`${t("commands.tidy")} (${keys("tidy")})`}
              onClick={() => run("tidy")}
            >
              <ApartmentOutlined />
              {t("commands.tidy")}
            </button>
            <span className={panel.line} />
          </>
        )}
        <button
          type="button"
          className={panel.button}
          title={`${t("commands.commands")} (${keys("commands")})`}
          aria-label={t("commands.commands")}
          onClick={() => run("commands")}
        >
          <SearchOutlined />
        </button>
      </div>
    </Slot>
  );
}
