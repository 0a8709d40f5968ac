import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import styles from "./Import.module.css";

const BYTES = 16 * 1024;
const LINES = 8;
const LONGEST = 400;

/** The first lines of a text file as they are: they show which delimiter it has, and whether it has a header. */
export function FilePreview({ file }: { file: File }) {
  const { t } = useTranslation("datasets");
  const lines = useQuery({
    queryKey: ["beginning of file", file.name, file.size, file.lastModified],
    queryFn: () => firstLines(file),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  if (!lines.data || lines.data.length === 0) return null;
  return (
    <figure className={styles.preview}>
      <figcaption>{t("import.beginning", { count: lines.data.length })}</figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long lines are scrolled by keyboard */}
      <pre tabIndex={0}>{lines.data.join("\n")}</pre>
    </figure>
  );
}

/** None where the file is no text. */
export async function firstLines(file: Blob): Promise<string[]> {
  const bytes = new Uint8Array(await file.slice(0, BYTES).arrayBuffer());
  if (bytes.includes(0)) return [];
  const text = decode(bytes);
  return text === null
    ? []
    : text
        .split(/\r?\n/)
        .slice(0, LINES)
        .map((line) => (line.length > LONGEST ? `${line.slice(0, LONGEST)} …` : line));
}

/** As UTF-8, else as the Chinese encoding that factories use; the last character may be cut. */
function decode(bytes: Uint8Array): string | null {
  for (const encoding of ["utf-8", "gb18030"]) {
    for (const cut of [0, 1, 2, 3]) {
      try {
        return new TextDecoder(encoding, { fatal: true }).decode(bytes.subarray(0, bytes.length - cut));
      } catch {
        // The next length or encoding.
      }
    }
  }
  return null;
}
