interface Rows {
  columns: readonly { name: string }[];
  rows: readonly (readonly unknown[])[];
}

export interface LastValues {
  target: string;
  /** The series that is shown, where there are several. */
  series: string | null;
  fields: { key: string; title: string; value: number | null }[];
  /** The rows with what was typed, as a step takes them. */
  withChanges: (typed: Readonly<Record<string, unknown>>) => Record<string, unknown>[];
}

/** A table of last values (series where there are several, time, value): of the first series, as fields to change. */
export function lastValues({ columns, rows }: Rows): LastValues {
  const at = columns.length - 1;
  const target = columns[at]?.name ?? "";
  const series = at > 1 ? rows[0]?.[0] : undefined;
  const own = rows.filter((row) => at < 2 || row[0] === series);
  const fields = own.map((row, index) => ({
    key: `value${index}`,
    title: shortTime(String(row[at - 1] ?? "")),
    value: typeof row[at] === "number" ? row[at] : null,
  }));
  return {
    target,
    series: series === undefined ? null : String(series),
    fields,
    withChanges: (typed) =>
      own.map((row, index) => {
        const known = Object.fromEntries(columns.map(({ name }, place) => [name, row[place] ?? null]));
        const changed = typed[`value${index}`];
        return { ...known, ...(typeof changed === "number" && { [target]: changed }) };
      }),
  };
}

/** Without the seconds and parts of them that are none. */
function shortTime(text: string): string {
  return text
    .replace(/^(\d{4}-\d\d-\d\d)T/, "$1 ")
    .replace(/\.0+$/, "")
    .replace(/^(.{10} \d\d:\d\d):00$/, "$1");
}
