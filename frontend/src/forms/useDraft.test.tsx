import { fireEvent, render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { useDraft } from "./useDraft";

function Field({ onText }: { onText: (text: string) => void }) {
  const { text, type } = useDraft("", (typed) => {
    onText(typed);
    return true;
  });
  return <input value={text} onChange={(event) => type(event.target.value)} />;
}

test("what is being typed when the page is left counts before what is not saved is kept", () => {
  const seen: string[] = [];
  const keep = () => void seen.push("kept");
  addEventListener("pagehide", keep);
  render(<Field onText={(text) => void seen.push(text)} />);
  fireEvent.change(screen.getByRole("textbox"), { target: { value: "last words" } });
  window.dispatchEvent(new Event("pagehide"));
  removeEventListener("pagehide", keep);
  expect(seen).toEqual(["last words", "kept"]);
});
