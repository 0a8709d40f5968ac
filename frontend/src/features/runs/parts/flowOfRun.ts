import { useTranslation } from "react-i18next";
import { useLocalize } from "../../../lib/localize";
import { readText } from "../../../lib/readText";

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

interface FlowOfRun {
  flow: string;
  flow_title: unknown;
}

/** What people call what a run ran: by the title that its flow had then. */
export function useFlowText(): (run: FlowOfRun) => string {
  const { t } = useTranslation("runs");
  const localize = useLocalize();
  return ({ flow, flow_title }) => {
    const dataset = importedDataset(flow);
    return dataset === null ? localize(readText(flow_title)) || flow : t("importOf", { dataset });
  };
}
