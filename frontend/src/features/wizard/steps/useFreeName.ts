import { queries } from "../../../api/client";

const LONGEST = 100;
/** As many datasets as are looked at; whoever has more of one name is told by the field of the name. */
const MOST = 200;

/** `base`, or with a number behind it: a name that no dataset of the project has. undefined: not known yet. */
export function useFreeName(project_name: string, base: string): string | undefined {
  const datasets = queries.useQuery(
    "get",
    "/api/v1/projects/{project_name}/datasets",
    { params: { path: { project_name }, query: { q: base, limit: MOST } } },
    { staleTime: 0 },
  );
  // What was known from before may lack the dataset that an upload has made since.
  if (!datasets.isFetchedAfterMount || !datasets.data) return undefined;
  return freeName(base, new Set(datasets.data.items.map(({ name }) => name)));
}

export function freeName(base: string, taken: ReadonlySet<string>): string {
  let name = base;
  for (let number = 2; taken.has(name); number++) name = `${base.slice(0, LONGEST - 5)}_${number}`;
  return name;
}
