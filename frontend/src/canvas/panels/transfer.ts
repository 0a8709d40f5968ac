import { type FlowDocument, readDocument } from "../model/document";
import { normal } from "../saving/normal";

const MOST_BYTES = 2 * 1024 * 1024;

/** Why a file is no flow. */
export class TransferError extends Error {
  constructor(
    readonly reason: "notJson" | "notFlow" | "tooLarge",
    message = "",
  ) {
    super(message);
    this.name = "TransferError";
  }
}

/** The flow in a file. Throws TransferError. */
export async function readFlowFile(file: Blob): Promise<FlowDocument> {
  if (file.size > MOST_BYTES) throw new TransferError("tooLarge");
  let raw: unknown;
  try {
    raw = JSON.parse(await file.text());
  } catch (error) {
    throw new TransferError("notJson", error instanceof Error ? error.message : "");
  }
  try {
    return readDocument(raw);
  } catch (error) {
    throw new TransferError("notFlow", error instanceof Error ? error.message : "");
  }
}

/** Hands the flow to the browser as a file. */
export function downloadFlow(flow: FlowDocument): void {
  const blob = new Blob([`${JSON.stringify(normal(flow), null, 2)}\n`], { type: "application/json" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `${flow.name}.json`;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** Asks for a file; null: none was chosen. */
export function chooseFile(): Promise<File | null> {
  return new Promise((resolve) => {
    const input = document.createElement("input");
    input.type = "file";
    input.accept = ".json,application/json";
    input.onchange = () => resolve(input.files?.[0] ?? null);
    input.oncancel = () => resolve(null);
    input.click();
  });
}
