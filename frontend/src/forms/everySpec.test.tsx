import { render, screen } from "@testing-library/react";
import { beforeAll, expect, test, vi } from "vitest";
import { LANGUAGES } from "../app/preferences";
import { visibleFields } from "./conditions";
import { type Spec, specText } from "./spec";
import { Around, Live, speak, startTexts } from "./testing";

const files = import.meta.glob<Spec>(["../../../operator_specs/*/*.json", "!../../../operator_specs/vectors/*.json"], {
  eager: true,
  import: "default",
});
const SPECS = Object.values(files);

beforeAll(startTexts);

test("there are specs", () => expect(SPECS.length).toBeGreaterThan(40));

test.each(LANGUAGES)(
  "the form of every operator is drawn in %s, with a label for every field that shows",
  async (language) => {
    await speak(language);
    const complaints = vi.spyOn(console, "error").mockImplementation(() => undefined);
    for (const spec of SPECS) {
      const { unmount } = render(<Live spec={spec} />, { wrapper: Around });
      for (const name of visibleFields(spec.params, {})) {
        const title = specText(spec, spec.params.properties[name]?.title, language);
        expect(screen.getAllByText(title).length, `${spec.id} ${name}`).toBeGreaterThan(0);
      }
      unmount();
    }
    expect(complaints.mock.calls.map(String).filter((text) => !text.includes("NaN"))).toEqual([]);
    await speak("en");
  },
  120_000,
);
