import { queries, type Schemas } from "../../../api/client";
import { isOperatorSpec } from "../../../canvas/model/spec";
import type { Spec } from "../../../forms/spec";

export type FileReader = Schemas["FileReader"];

/** What files can be read with. */
export function useFileReaders(): FileReader[] | undefined {
  return queries.useQuery("get", "/api/v1/file-readers", {}, { staleTime: 60_000 }).data;
}

export function endingsOf(readers: readonly FileReader[]): string[] {
  return readers.flatMap(({ endings }) => endings);
}

/** The reader for a file's ending; undefined: its name does not say. */
export function readerFor(readers: readonly FileReader[], fileName: string): FileReader | undefined {
  const name = fileName.toLowerCase();
  const ending = endingsOf(readers)
    .filter((each) => name.endsWith(each))
    .sort((a, b) => b.length - a.length)[0];
  return readers.find(({ endings }) => ending !== undefined && endings.includes(ending));
}

export function useReaderSpec(key: string | undefined) {
  return queries.useQuery(
    "get",
    "/api/v1/operators/{key}",
    { params: { path: { key: key ?? "" } } },
    {
      enabled: key !== undefined,
      staleTime: 60_000,
      select: ({ spec }) => (isOperatorSpec(spec) ? spec : null),
    },
  );
}

/** The form of a reader without the field that the import fills in. */
export function withoutFile(spec: Spec, fileParam: string): Spec {
  const { [fileParam]: _, ...properties } = spec.params.properties;
  const required = spec.params.required?.filter((name) => name !== fileParam) ?? [];
  return {
    ...spec,
    params: { ...spec.params, properties, required },
    ui: spec.ui.map((section) => ({ ...section, fields: section.fields.filter((name) => name !== fileParam) })),
  };
}
