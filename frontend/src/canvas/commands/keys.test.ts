// @vitest-environment jsdom
import { expect, test } from "vitest";
import { isOnCanvas, isTyping, keyParts, keysOf } from "./keys";
import { COMMANDS } from "./registry";

const press = (key: string, code: string, ...held: ("ctrlKey" | "shiftKey" | "altKey" | "metaKey")[]) =>
  keysOf({
    key,
    code,
    ctrlKey: held.includes("ctrlKey"),
    shiftKey: held.includes("shiftKey"),
    altKey: held.includes("altKey"),
    metaKey: held.includes("metaKey"),
  });

test("keys are named as commands write them", () => {
  expect(press("z", "KeyZ", "ctrlKey", "shiftKey")).toBe("Mod+Shift+Z");
  expect(press("!", "Digit1", "shiftKey")).toBe("Shift+1");
  expect(press("?", "Slash", "shiftKey")).toBe("?");
  expect(press("ArrowLeft", "ArrowLeft", "metaKey")).toBe("Mod+ArrowLeft");
  expect(keyParts("Mod++").length).toBe(2);
});

test("no two commands that can be done at once have the same keys", () => {
  const keys = COMMANDS.flatMap((command) => command.keys ?? []);
  expect(new Set(keys).size).toBe(keys.length);
});

test("ids of commands are unique", () => {
  expect(new Set(COMMANDS.map(({ id }) => id)).size).toBe(COMMANDS.length);
});

test("keys are text in fields and in the code editor", () => {
  document.body.innerHTML =
    '<input id="a"><input id="b" type="checkbox"><textarea id="c"></textarea><div class="cm-editor"><span id="d"></span></div><div data-canvas><b id="e"></b></div><button id="f"></button>';
  const at = (id: string) => document.getElementById(id);
  expect(["a", "b", "c", "d", "e"].map((id) => isTyping(at(id)))).toEqual([true, false, true, true, false]);
  expect([isOnCanvas(at("e")), isOnCanvas(at("f")), isOnCanvas(document.body)]).toEqual([true, false, true]);
});
