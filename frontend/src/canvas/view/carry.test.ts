// @vitest-environment jsdom
import { expect, test } from "vitest";
import { startCarrying } from "./carry";

const EDGES = [
  { from: "a.out", to: "b.in" },
  { from: "b.out", to: "c.in" },
];

function canvas(): HTMLElement {
  const element = document.createElement("div");
  element.innerHTML = `
    <div class="react-flow__edges">
      <svg id="ab"><g class="react-flow__edge" data-id="a.out>b.in"></g></svg>
      <svg id="bc"><g class="react-flow__edge" data-id="b.out>c.in"></g></svg>
    </div>
    <div class="react-flow__nodes">
      <div class="react-flow__node" data-id="a"></div>
      <div class="react-flow__node" data-id="b"></div>
      <div class="react-flow__node" data-id="c"></div>
    </div>`;
  return element;
}

function moved(element: HTMLElement): (string | undefined)[] {
  return [...element.querySelectorAll<HTMLElement | SVGElement>("div, svg")]
    .filter(({ style }) => style.translate)
    .map(({ id, dataset, className }) => id || dataset.id || String(className));
}

test("nodes are carried with the wires between them, not with those that lead elsewhere", () => {
  const element = canvas();
  const carrying = startCarrying(element, new Set(["a", "b"]), EDGES);
  carrying.to([30, -10]);
  expect(moved(element)).toEqual(["ab", "a", "b"]);
  carrying.end();
  expect(moved(element)).toEqual([]);
});

test("all together are moved as one", () => {
  const element = canvas();
  startCarrying(element, new Set(["a", "b", "c"]), EDGES).to([30, -10]);
  expect(moved(element)).toEqual(["react-flow__edges", "react-flow__nodes"]);
});
