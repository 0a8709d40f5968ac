import { nudged } from "../model/edit";
import { GRID } from "../model/geometry";
import { type Direction, firstNode, neighbour } from "../model/traverse";
import { chosen, graph, hasSelection, mayEdit, state } from "./asks";
import type { Command, CommandContext } from "./command";

const ARROWS = [
  ["left", "ArrowLeft", -1, 0],
  ["right", "ArrowRight", 1, 0],
  ["up", "ArrowUp", 0, -1],
  ["down", "ArrowDown", 0, 1],
] as const;

/** The arrow keys: they move what is selected, with Ctrl they walk from step to step. */
export function nudges(): Command[] {
  return ARROWS.flatMap(([direction, key, x, y]) =>
    [1, 5].map((steps) => ({
      id: steps === 1 ? `nudge_${direction}` : `nudgeFar_${direction}`,
      group: "arrange" as const,
      keys: [steps === 1 ? key : `Shift+${key}`],
      scope: "canvas" as const,
      isKeyOnly: true,
      // With nothing selected the arrows begin to walk.
      run: (context: CommandContext) => {
        if (!hasSelection(context)) goTo(context, firstNode(graph(context)));
        else if (mayEdit(context))
          state(context).changeGraph(
            "move",
            (now) => nudged(now, state(context).selection, x * steps * GRID, y * steps * GRID),
            "nudge",
          );
      },
    })),
  );
}

export function walks(): Command[] {
  return ARROWS.map(([direction, key]) => ({
    id: `walk_${direction}`,
    group: "go" as const,
    keys: [`Mod+${key}`],
    scope: "canvas" as const,
    isKeyOnly: true,
    run: (context: CommandContext) => {
      const from = chosen(context).at(-1);
      const next = from ? neighbour(graph(context), from.id, direction satisfies Direction) : firstNode(graph(context));
      goTo(context, next);
    },
  }));
}

function goTo(context: CommandContext, id: string | null) {
  if (id === null) return;
  state(context).select([id]);
  context.canvas.reveal(id);
}
