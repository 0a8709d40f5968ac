import type { Schemas } from "../../api/client";
import type { Spec } from "../../forms/SchemaForm";

/** The part of a wizard's form that asks for some params, as the form code takes it. `ui`: without it, one section. */
export function specOfForm(form: Schemas["WizardForm"], asked: readonly string[], ui?: Spec["ui"]): Spec {
  const params = form.params as Spec["params"];
  const properties = Object.entries(params.properties).filter(([name]) => asked.includes(name));
  return {
    id: "wizard",
    version: "1",
    category: "",
    icon: "",
    inputs: [],
    outputs: [],
    params: { properties: Object.fromEntries(properties), required: params.required?.filter((n) => asked.includes(n)) },
    ui: ui ?? [{ section: "", fields: asked }],
    i18n: form.i18n,
  };
}
