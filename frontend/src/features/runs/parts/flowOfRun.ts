import { useTranslation } from "react-i18next";

/** An import is a run, too, of a flow that only the platform sees: people know its dataset. null: an ordinary run. */
export function importedDataset(flow: string): string | null {
  return flow.startsWith(IMPORT) ? flow.slice(IMPORT.length) : null;
}

const IMPORT = "import:";

/** Where what a run ran is looked at: the revision of its flow, or the dataset that it made. */
export function sourceOfRun({ id, flow, revision }: { id: number; flow: string; revision: number }): string {
  const dataset = importedDataset(flow);
  return dataset === null
    ? `/flows/${encodeURIComponent(flow)}?revision=${revision}&run=${id}`
    : `/datasets/${encodeURIComponent(dataset)}`;
}

/** What people call what a run ran. */
export function useFlowText(): (flow: string) => string {
  const { t } = useTranslation("runs");
  return (flow) => {
    const dataset = importedDataset(flow);
    return dataset === null ? flow : t("importOf", { dataset });
  };
}
