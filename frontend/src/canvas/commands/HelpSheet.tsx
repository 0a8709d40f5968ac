import { Modal } from "antd";
import { useTranslation } from "react-i18next";
import { useView } from "../store/viewStore";
import { GROUPS } from "./command";
import styles from "./HelpSheet.module.css";
import { Keys } from "./Keys";
import { COMMANDS } from "./registry";

/** What is not a command but done with the pointer; texts below `gestures`. */
const GESTURES = ["pan", "space", "zoom", "box", "wire", "insert", "copy", "menu", "preview"] as const;
/** Of four commands that differ by direction only one is listed. */
const DIRECTION = /_(right|up|down)$/;

/** "?": every shortcut, and what the pointer does. */
export function HelpSheet() {
  const { t } = useTranslation("canvas");
  const isOpen = useView(({ overlay }) => overlay === "help");
  const show = useView((view) => view.show);
  const listed = [
    ...COMMANDS.filter(({ keys, id }) => keys && !DIRECTION.test(id)).map((command) => ({
      ...command,
      keys: command.keys ?? [],
    })),
    ...CLIPBOARD,
  ];
  return (
    <Modal
      open={isOpen}
      onCancel={() => show({ overlay: null })}
      footer={null}
      width={860}
      title={t("commands.help")}
      destroyOnHidden
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long sheet is scrolled by keyboard */}
      <div className={styles.scroll} tabIndex={0}>
        <div className={styles.sheet}>
          {GROUPS.map((group) => (
            <section key={group}>
              <h3>{t(`groups.${group}`)}</h3>
              <dl>
                {listed
                  .filter((command) => command.group === group)
                  .map(({ id, keys: [keys = ""] }) => (
                    <div key={id}>
                      <dt>{t(`commands.${id.replace(/_left$/, "")}`, { defaultValue: id })}</dt>
                      <dd>
                        {id.endsWith("_left") ? (
                          <Keys keys={keys.replace("ArrowLeft", "← ↑ ↓ →")} />
                        ) : (
                          <Keys keys={keys} />
                        )}
                      </dd>
                    </div>
                  ))}
              </dl>
            </section>
          ))}
          <section>
            <h3>{t("gestures.title")}</h3>
            <dl>
              {GESTURES.map((gesture) => (
                <div key={gesture}>
                  <dt>{t(`gestures.${gesture}`)}</dt>
                  <dd>{t(`gestures.${gesture}By`)}</dd>
                </div>
              ))}
            </dl>
          </section>
        </div>
      </div>
    </Modal>
  );
}

/** The browser's own events; see registry.ts. */
const CLIPBOARD = [
  { id: "cut", group: "edit", keys: ["Mod+X"] },
  { id: "copy", group: "edit", keys: ["Mod+C"] },
  { id: "paste", group: "edit", keys: ["Mod+V"] },
] as const;
