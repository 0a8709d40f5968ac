import { Chart } from "../../../charts/Chart";
import { heightOf } from "../../../charts/heightOf";
import { useLocalize } from "../../../lib/localize";
import { Finding } from "../Finding";
import { chartOf } from "./chartOf";
import type { Report, ReportSection } from "./report";
import { Sentence } from "./Sentence";
import { TableOf } from "./TableOf";
import { type ReadTerm, withTerms } from "./terms";
import styles from "./WizardResult.module.css";

/** The sections of a report, each the answer to one question: in words first, then with its evidence. */
export function ReportSections({ report }: { report: Report }) {
  const terms = useTerms(report);
  return report.sections.map((section) => <SectionOf key={section.id} section={section} terms={terms} />);
}

function SectionOf({ section, terms }: { section: ReportSection; terms: readonly ReadTerm[] }) {
  const localize = useLocalize();
  return (
    <section className={styles.section} aria-labelledby={`report-${section.id}`}>
      <h2 id={`report-${section.id}`} tabIndex={-1}>
        {localize(section.title)}
      </h2>
      <ReportParts section={section} terms={terms} />
    </section>
  );
}

/** What a section holds, without its title. */
export function ReportParts({ section, terms }: { section: ReportSection; terms: readonly ReadTerm[] }) {
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
                <Sentence parts={withTerms(text, terms, seen)} />
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
