import type { Specs } from "../model/spec";
import type { FlowStore } from "../store/flowStore";
import type { ViewStore } from "../store/viewStore";
import type { CanvasActions } from "../view/canvasContext";

/** What commands work with. */
export interface CommandContext {
  store: FlowStore;
  view: ViewStore;
  canvas: CanvasActions;
  specs: Specs;
  /** Moves the keyboard to the next or previous panel. */
  nextRegion: (back: boolean) => void;
  /** Presses the run button, which knows whether a run can begin. */
  run: () => void;
  save: () => void;
}

export const GROUPS = ["add", "edit", "arrange", "view", "go"] as const;
export type CommandGroup = (typeof GROUPS)[number];

export interface Command {
  /** Its title is the text `commands.<id>`. */
  readonly id: string;
  readonly group: CommandGroup;
  /** "Mod+Shift+Z": Mod is Ctrl, on a Mac the command key. Several: the first is the one that is shown. */
  readonly keys?: readonly string[];
  /** Where its keys count: on the canvas only, or on the whole page. Never within fields. */
  readonly scope: "canvas" | "page";
  /** Whether it is offered now. Its keys are free for others when it is not. */
  readonly when?: (context: CommandContext) => boolean;
  readonly run: (context: CommandContext) => void;
  /** Listed in the context menu of what is selected. */
  readonly isOfSelection?: boolean;
  /** Only by its keys, and in the sheet; not worth a line in a menu. */
  readonly isKeyOnly?: boolean;
}
