import { Chart } from "../../../charts/Chart";
import { heightOf } from "../../../charts/heightOf";
import { useLocalize } from "../../../lib/localize";
import type { ReadTerm } from "../../../lib/terms/terms";
import { Words } from "../../../lib/terms/Words";
import { Finding } from "../Finding";
import { chartOf } from "./chartOf";
import type { Report, ReportSection } from "./report";
import { TableOf } from "./TableOf";
import styles from "./WizardResult.module.css";

/** The sections of a report, each the answer to one question: in words first, then with its evidence. */
export function ReportSections({ report }: { report: Report }) {
  return report.sections.map((section) => <SectionOf key={section.id} section={section} />);
}

function SectionOf({ section }: { section: ReportSection }) {
  const localize = useLocalize();
  return (
    <section className={styles.section} aria-labelledby={`report-${section.id}`}>
      <h2 id={`report-${section.id}`} tabIndex={-1}>
        {localize(section.title)}
      </h2>
      <ReportParts section={section} />
    </section>
  );
}

/** What a section holds, without its title. */
export function ReportParts({ section }: { section: ReportSection }) {
  const localize = useLocalize();
  const { sentences, findings, charts, tables } = section;
  const seen = new Set<string>();
  return (
    <>
      {sentences.length > 0 && (
        <div className={styles.sentences}>
          {sentences.map((sentence) => {
            const text = localize(sentence);
            return (
              <p key={text}>
                <Words text={text} seen={seen} />
              </p>
            );
          })}
        </div>
      )}
      {findings.length > 0 && (
        <div className={styles.findings}>
          {findings.map((finding) => (
            <Finding key={`${finding.code} ${localize(finding.title)}`} finding={finding} />
          ))}
        </div>
      )}
      {charts.length > 0 && (
        <div className={styles.charts}>
          {charts.map((each) => {
            const chart = chartOf(each, localize);
            return <Chart key={chart.title} chart={chart} height={Math.max(HEIGHT, heightOf(chart) - SHORTER)} />;
          })}
        </div>
      )}
      {tables.length > 0 && (
        <div className={styles.tables}>
          {tables.map((table) => (
            <TableOf key={localize(table.title)} table={table} />
          ))}
        </div>
      )}
    </>
  );
}

/** Two charts beside each other are read, not studied: lower than on a page of their own. */
const HEIGHT = 250;
const SHORTER = 80;

/** The report's terms in the language that is read. */
export function useTerms({ terms }: Report): ReadTerm[] {
  const localize = useLocalize();
  return terms
    .map(({ term, meaning }) => ({ term: localize(term), meaning: localize(meaning) }))
    .filter(({ term, meaning }) => term && meaning);
}
