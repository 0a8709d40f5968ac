import { Alert } from "antd";
import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { KnownTablesProvider } from "../../forms/valuesOf";
import { type FlowNode, kindOf, nodePath } from "../model/document";
import { portsOf } from "../model/ports";
import { useCatalogue } from "../store/catalogue";
import { changeParams } from "../store/changeParams";
import { useFlow, useFlowStore } from "../store/flowStore";
import { useProblemsOf } from "../store/problems";
import panel from "../view/panel.module.css";
import { Binding } from "./Binding";
import { ControlForm } from "./ControlForm";
import { columnsAt } from "./columns";
import { Fold } from "./Fold";
import { formColumns } from "./formColumns";
import styles from "./Inspector.module.css";
import { InspectorHead } from "./InspectorHead";
import { NodeForm } from "./NodeForm";
import { PortList } from "./PortList";
import { ProblemRow } from "./ProblemsList";
import { useProblemText } from "./problemText";
import { SettingsForm } from "./SettingsForm";
import { useStash } from "./stashes";
import { changeNode } from "./steps";
import { useKnownTables } from "./useKnownTables";

/** Everything about one step. */
export function NodeInspector({ node }: { node: FlowNode }) {
  const { t } = useTranslation("canvas");
  const store = useFlowStore();
  const bodyPath = useFlow((flow) => flow.bodyPath);
  const readOnly = useFlow((flow) => flow.readOnly);
  const check = useFlow((flow) => flow.check);
  const document = useFlow((flow) => flow.document);
  const focus = useFlow((flow) => flow.focus);
  const { entries, specs, isLoading } = useCatalogue();
  const path = nodePath(bodyPath, node.id);
  const problems = useProblemsOf(path).filter((problem) => problem.node === path);
  const text = useProblemText();
  const stash = useStash(path);
  const tables = useKnownTables(node.id);
  const entry = entries.get(node.operator ?? "");
  const spec = entry?.spec;
  const isOperator = kindOf(node) === "operator";

  // Depends on the check alone: it is renewed after every edit, and typing must not draw the form anew.
  const columns = useCallback(
    (input: string) => {
      const { document: now, bodyPath: inside } = store.getState();
      return columnsAt(now, check, inside, node.id, input);
    },
    [store, check, node.id],
  );
  // Several fields ask for the same input, and wide tables are costly to walk.
  const offered = useMemo(() => {
    const known = new Map<string, ReturnType<typeof formColumns>>();
    return (input: string) => {
      const { document: now, bodyPath: inside } = store.getState();
      const found = known.has(input) ? (known.get(input) ?? null) : formColumns(now, check, inside, node.id, input);
      known.set(input, found);
      return found;
    };
  }, [store, check, node.id]);
  const formFields = spec ? ["params.", "settings."] : ["settings."];
  const others = problems.filter(({ field }) => !formFields.some((group) => field?.startsWith(group)));
  const settingError = (field: string) => {
    const problem = problems.find((one) => one.field === `settings.${field}`);
    return problem ? text(document, problem) : null;
  };
  const changed = Object.keys(node.settings ?? {}).length;
  const focusField = focus?.node === path ? focus.field : null;

  return (
    <aside className={`${panel.panel} ${styles.inspector}`} aria-label={t("panels.inspector.label")}>
      <InspectorHead node={node} path={path} entry={entry ?? null} />
      <div className={styles.scroll}>
        {isOperator && !entry && !isLoading && (
          <Alert
            className={styles.notice}
            type="error"
            title={t("panels.inspector.unknown", { operator: node.operator ?? "" })}
          />
        )}
        {others.length > 0 && (
          <div className={styles.problems}>
            {others.map((problem, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the list is replaced as a whole
              <ProblemRow key={index} problem={problem} isOfNode />
            ))}
          </div>
        )}
        {spec && (
          <div className={styles.form}>
            <KnownTablesProvider value={tables}>
              <NodeForm
                spec={spec}
                values={node.params ?? {}}
                columns={offered}
                problems={problems}
                disabled={readOnly}
                focusField={focusField}
                focusKey={focus}
                stash={stash}
                onChange={(field, params) => changeParams(store, specs, node.id, field, params)}
              />
            </KnownTablesProvider>
          </div>
        )}
        {!isOperator && <ControlForm node={node} path={path} disabled={readOnly} />}
        {spec && Object.keys(spec.params.properties).length > 0 && (
          <Binding node={node} spec={spec} disabled={readOnly} />
        )}
        {spec && (
          <Fold
            key={String(focusField?.startsWith("settings."))}
            title={t("panels.inspector.settings")}
            note={changed > 0 && t("panels.inspector.settingsChanged", { count: changed })}
            isOpenAtFirst={focusField?.startsWith("settings.") ?? false}
          >
            <SettingsForm
              settings={node.settings ?? {}}
              engines={spec.runs?.engines ?? []}
              pool={spec.runs?.pool ?? null}
              disabled={readOnly}
              errors={settingError}
              onChange={(field, settings) =>
                changeNode(store, node.id, `settings.${field}`, (now) => ({ ...now, settings }))
              }
            />
          </Fold>
        )}
        <Fold title={t("panels.inspector.ports")}>
          <PortList ports={portsOf(node, specs)} spec={spec ?? null} columns={columns} schemas={check?.schemas[path]} />
        </Fold>
      </div>
    </aside>
  );
}
