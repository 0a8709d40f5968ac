import { nudges, walks } from "./arrows";
import { canEditSelection, chosen, graph, hasNodes, hasSelection, mayEdit, only, state } from "./asks";
import type { Command, CommandContext } from "./command";

/** Everything that can be done on the canvas: menus, the search at Ctrl+K, the sheet at "?" and the keys all read this. */
export const COMMANDS: readonly Command[] = [
  {
    id: "addStep",
    group: "add",
    keys: ["Tab"],
    scope: "canvas",
    when: mayEdit,
    run: ({ canvas }) => canvas.quickAddBehind(),
  },
  {
    id: "wire",
    group: "add",
    keys: ["W"],
    scope: "canvas",
    when: (context) => mayEdit(context) && only(context) !== undefined,
    run: ({ view }) => view.getState().show({ overlay: "connect" }),
    isOfSelection: true,
  },
  { id: "comment", group: "add", keys: ["N"], scope: "canvas", when: mayEdit, run: ({ canvas }) => canvas.comment() },
  {
    id: "group",
    group: "add",
    keys: ["G"],
    scope: "canvas",
    when: canEditSelection,
    run: ({ canvas }) => canvas.group(),
    isOfSelection: true,
  },
  {
    id: "wrap",
    group: "add",
    keys: ["Mod+G"],
    scope: "page",
    when: hasNodes,
    run: ({ canvas }) => canvas.wrap(),
    isOfSelection: true,
  },
  {
    id: "unwrap",
    group: "add",
    keys: ["Mod+Shift+G"],
    scope: "page",
    when: (context) => mayEdit(context) && only(context)?.kind === "flow",
    run: ({ canvas }) => canvas.unwrap(),
    isOfSelection: true,
  },

  { id: "undo", group: "edit", keys: ["Mod+Z"], scope: "page", when: mayEdit, run: (context) => state(context).undo() },
  {
    id: "redo",
    group: "edit",
    keys: ["Mod+Shift+Z", "Mod+Y"],
    scope: "page",
    when: mayEdit,
    run: (context) => state(context).redo(),
  },
  // The keys of these three are the browser's own events: they reach the clipboard without asking.
  {
    id: "cut",
    group: "edit",
    scope: "canvas",
    when: canEditSelection,
    run: ({ canvas }) => canvas.cut(),
    isOfSelection: true,
  },
  {
    id: "copy",
    group: "edit",
    scope: "canvas",
    when: hasSelection,
    run: ({ canvas }) => canvas.copy(),
    isOfSelection: true,
  },
  { id: "paste", group: "edit", scope: "canvas", when: mayEdit, run: ({ canvas }) => void canvas.paste() },
  {
    id: "duplicate",
    group: "edit",
    keys: ["Mod+D"],
    scope: "page",
    when: canEditSelection,
    run: ({ canvas }) => canvas.duplicate(),
    isOfSelection: true,
  },
  {
    id: "remove",
    group: "edit",
    keys: ["Delete", "Backspace"],
    scope: "canvas",
    when: canEditSelection,
    run: ({ canvas }) => canvas.remove(),
    isOfSelection: true,
  },
  {
    id: "rename",
    group: "edit",
    keys: ["F2"],
    scope: "canvas",
    when: (context) => mayEdit(context) && state(context).selection.size === 1,
    run: (context) => context.view.getState().show({ titleEdit: [...state(context).selection][0] ?? null }),
    isOfSelection: true,
  },
  { id: "selectAll", group: "edit", keys: ["Mod+A"], scope: "canvas", run: selectAll },
  { id: "selectNone", group: "edit", keys: ["Escape"], scope: "canvas", run: leave, isKeyOnly: true },

  {
    id: "tidy",
    group: "arrange",
    keys: ["Shift+T"],
    scope: "canvas",
    when: mayEdit,
    run: ({ canvas }) => void canvas.tidy(),
  },
  ...nudges(),

  { id: "fitAll", group: "view", keys: ["Shift+1"], scope: "canvas", run: ({ canvas }) => canvas.fit() },
  {
    id: "fitSelection",
    group: "view",
    keys: ["Shift+2"],
    scope: "canvas",
    when: hasSelection,
    run: (context) => context.canvas.fit(chosen(context).map(({ id }) => id)),
    isOfSelection: true,
  },
  { id: "fullSize", group: "view", keys: ["Shift+0"], scope: "canvas", run: ({ canvas }) => canvas.zoom("full") },
  { id: "zoomIn", group: "view", keys: ["+", "="], scope: "canvas", run: ({ canvas }) => canvas.zoom("in") },
  { id: "zoomOut", group: "view", keys: ["-"], scope: "canvas", run: ({ canvas }) => canvas.zoom("out") },
  {
    id: "map",
    group: "view",
    keys: ["M"],
    scope: "canvas",
    run: ({ view }) => view.getState().show({ isMapOpen: !view.getState().isMapOpen }),
  },
  {
    id: "palette",
    group: "view",
    keys: ["P"],
    scope: "canvas",
    run: ({ view }) => view.getState().show({ isPaletteOpen: !view.getState().isPaletteOpen }),
  },
  {
    id: "data",
    group: "view",
    keys: ["D"],
    scope: "canvas",
    run: ({ view }) =>
      view.getState().show({ drawer: view.getState().drawer ? null : { tab: "data", node: null, port: null } }),
    isOfSelection: true,
  },

  ...walks(),
  {
    id: "openForm",
    group: "go",
    keys: ["Enter"],
    scope: "canvas",
    when: (context) => only(context) !== undefined,
    run: openForm,
    isOfSelection: true,
  },
  {
    id: "openBody",
    group: "go",
    keys: ["Mod+Enter"],
    scope: "canvas",
    when: (context) => only(context)?.body !== undefined,
    run: (context) => state(context).openBody([...state(context).bodyPath, only(context)?.id ?? ""]),
    isOfSelection: true,
  },
  {
    id: "leaveBody",
    group: "go",
    keys: ["Mod+Backspace"],
    scope: "canvas",
    when: (context) => state(context).bodyPath.length > 0,
    run: (context) => state(context).openBody(state(context).bodyPath.slice(0, -1)),
  },
  {
    id: "nextRegion",
    group: "go",
    keys: ["F6"],
    scope: "page",
    run: ({ nextRegion }) => nextRegion(false),
    isKeyOnly: true,
  },
  {
    id: "previousRegion",
    group: "go",
    keys: ["Shift+F6"],
    scope: "page",
    run: ({ nextRegion }) => nextRegion(true),
    isKeyOnly: true,
  },
  { id: "save", group: "go", keys: ["Mod+S"], scope: "page", when: mayEdit, run: ({ save }) => save() },
  {
    id: "publishWizard",
    group: "go",
    scope: "page",
    when: mayEdit,
    run: ({ view }) => view.getState().show({ overlay: "publish" }),
  },
  ...runs(),
  { id: "run", group: "go", keys: ["Mod+Shift+Enter", "F9"], scope: "page", run: ({ run }) => run() },
  {
    id: "commands",
    group: "go",
    keys: ["Mod+K"],
    scope: "page",
    run: ({ view }) => view.getState().show({ overlay: "commands" }),
    isKeyOnly: true,
  },
  { id: "help", group: "go", keys: ["?"], scope: "page", run: ({ view }) => view.getState().show({ overlay: "help" }) },
];

function runs(): Command[] {
  return (["to", "from", "only"] as const).map((mode) => ({
    id: `run_${mode}`,
    group: "go" as const,
    scope: "canvas" as const,
    ...(mode === "to" && { keys: ["Shift+Enter"] }),
    when: ({ view }: CommandContext) => view.getState().runPart !== null,
    run: ({ view }: CommandContext) => view.getState().runPart?.(mode),
    isOfSelection: true,
  }));
}

function selectAll(context: CommandContext) {
  const { nodes, notes } = graph(context);
  state(context).select([...nodes, ...(notes ?? [])].map(({ id }) => id));
}

/** Escape: first the selection goes, then the drawer, then the body. */
function leave(context: CommandContext) {
  const { selection, select, bodyPath, openBody } = state(context);
  if (selection.size > 0) select([]);
  else if (context.view.getState().drawer) context.view.getState().show({ drawer: null });
  else if (bodyPath.length > 0) openBody(bodyPath.slice(0, -1));
}

function openForm(context: CommandContext) {
  const { bodyPath, setFocus } = state(context);
  const node = only(context);
  if (!node) return;
  setFocus({ node: [...bodyPath, node.id].join("/"), field: null });
  // The form is there after the next drawing.
  requestAnimationFrame(() => {
    const form = document.querySelector<HTMLElement>('[data-place="inspector"]');
    const fields = [...(form?.querySelectorAll<HTMLElement>(FIELDS) ?? [])];
    const field = fields.find((one) => !one.closest("header, [inert]"));
    (field ?? form?.querySelector<HTMLElement>("button"))?.focus();
  });
}

const FIELDS = "input:not([type=hidden]):not([disabled]), textarea, [role=combobox], [role=switch], [role=slider]";

export function commandNamed(id: string): Command | undefined {
  return COMMANDS.find((command) => command.id === id);
}

/** The command that keys stand for now. */
export function commandOf(keys: string, context: CommandContext, isOnCanvas: boolean): Command | undefined {
  return COMMANDS.find(
    (command) =>
      command.keys?.includes(keys) &&
      (command.scope === "page" || isOnCanvas) &&
      (command.when === undefined || command.when(context)),
  );
}
