import { useTranslation } from "react-i18next";
import type { FlowDocument } from "../../model/document";
import { changedNodes, type FieldChange, type FlowDiff, isEmptyDiff } from "../../saving/diff";
import { isObject } from "../../saving/same";
import { useFlow, useFlowStore } from "../../store/flowStore";
import panel from "../../view/panel.module.css";
import inspector from "../Inspector.module.css";
import { usePlaces } from "../usePlaces";
import type { Mark } from "./diffMarks";
import styles from "./RevisionView.module.css";

/** What differs, as a list; a click leads to the node. `old`: knows what is no longer called anything. */
export function RevisionChanges({ changes, old }: { changes: FlowDiff; old: FlowDocument }) {
  const { t } = useTranslation("canvas");
  const document = useFlow((flow) => flow.document);
  const changed = changedNodes(changes);
  const ofFlow = changes.changes.filter(({ node }) => node === null);
  const wires = [
    ...changes.edgesAdded.map((edge) => ({ edge, mark: "added" })),
    ...changes.edgesRemoved.map((edge) => ({ edge, mark: "removed" })),
  ];
  return (
    <aside className={`${panel.panel} ${inspector.inspector}`} aria-label={t("panels.revisions.label")}>
      <div className={`${inspector.scroll} ${inspector.sheetBody}`}>
        {isEmptyDiff(changes) ? (
          <p className={inspector.help}>{t("panels.revisions.same")}</p>
        ) : (
          <div className={styles.legend}>
            <Chip mark="added" count={changes.added.length} />
            <Chip mark="removed" count={changes.removed.length} />
            <Chip mark="changed" count={changed.length} />
          </div>
        )}
        <ul className={styles.list}>
          {changes.added.map((path) => (
            <NodeLine key={path} path={path} mark="added" changes={[]} old={old} />
          ))}
          {changes.removed.map((path) => (
            <NodeLine key={path} path={path} mark="removed" changes={[]} old={old} />
          ))}
          {changed.map((path) => (
            <NodeLine
              key={path}
              path={path}
              mark="changed"
              changes={changes.changes.filter(({ node }) => node === path)}
              old={old}
            />
          ))}
          {ofFlow.length > 0 && (
            <li>
              <h3>{t("panels.revisions.flowItself")}</h3>
              {ofFlow.map((change) => (
                <Field key={change.field} change={change} document={document} />
              ))}
            </li>
          )}
          {wires.length > 0 && (
            <li>
              <h3>{t("panels.revisions.wires")}</h3>
              {wires.map(({ edge, mark }) => (
                <p
                  key={`${mark}${edge.within ?? ""}${edge.from}${edge.to}`}
                  className={mark === "added" ? styles.new : styles.old}
                >
                  {edge.from} → {edge.to}
                </p>
              ))}
            </li>
          )}
        </ul>
      </div>
    </aside>
  );
}

function Chip({ mark, count }: { mark: Mark; count: number }) {
  const { t } = useTranslation("canvas");
  if (count === 0) return null;
  return (
    <span className={styles.chip} data-mark={mark}>
      {t(`panels.revisions.${mark}`, { count })}
    </span>
  );
}

interface NodeLineProps {
  path: string;
  mark: Mark;
  changes: readonly FieldChange[];
  old: FlowDocument;
}

function NodeLine({ path, mark, changes, old }: NodeLineProps) {
  const { t } = useTranslation("canvas");
  const store = useFlowStore();
  const document = useFlow((flow) => flow.document);
  const places = usePlaces();
  return (
    <li>
      <button
        type="button"
        className={styles.node}
        onClick={() => store.getState().setFocus({ node: path, field: null })}
      >
        <span className={styles.name}>{places.node(mark === "removed" ? old : document, path)}</span>
        <span className={styles.mark} data-mark={mark}>
          {t(`panels.revisions.mark.${mark}`)}
        </span>
      </button>
      {changes.map((change) => (
        <Field key={change.field} change={change} document={document} />
      ))}
    </li>
  );
}

function Field({ change, document }: { change: FieldChange; document: FlowDocument }) {
  const { t } = useTranslation("canvas");
  const places = usePlaces();
  const text = (value: unknown) => {
    if (value === undefined) return "–";
    if (value === "") return t("panels.merge.empty");
    if (typeof value === "string") return value;
    if (Array.isArray(value) && value.every((item) => !isObject(item))) return value.join(", ") || "[]";
    return JSON.stringify(value, null, 1);
  };
  return (
    <div className={styles.field}>
      {places.field(document, change.node, change.field)}
      <div className={styles.values}>
        <span>−</span>
        <div className={styles.old}>{text(change.old)}</div>
        <span>+</span>
        <div className={styles.new}>{text(change.new)}</div>
      </div>
    </div>
  );
}
