import { useTranslation } from "react-i18next";
import styles from "./OperatorPage.module.css";
import { isRecord } from "./Resources";

/** The examples of a spec, which are also its tests: params, what goes in, what comes out. */
export function Examples({ raw }: { raw: Record<string, unknown> }) {
  const examples = Array.isArray(raw.examples) ? raw.examples.filter(isRecord) : [];
  return (
    <>
      {examples.map((example) => (
        <Example key={String(example.title)} example={example} />
      ))}
    </>
  );
}

function Example({ example }: { example: Record<string, unknown> }) {
  const { t } = useTranslation("operators");
  const expected = isRecord(example.expect) ? example.expect : {};
  const params = isRecord(example.params) ? example.params : {};
  return (
    <section className={styles.example}>
      <h3>{String(example.title)}</h3>
      {Object.keys(params).length > 0 && <code>{JSON.stringify(params)}</code>}
      <div className={styles.tables}>
        <Values title={t("in")} values={example.inputs} />
        <Values title={t("out")} values={expected.outputs} />
      </div>
      {typeof expected.error === "string" && <p>{t("givesError", { message: expected.error })}</p>}
      {typeof expected.warning === "string" && <p>{t("givesWarning", { message: expected.warning })}</p>}
    </section>
  );
}

function Values({ title, values }: { title: string; values: unknown }) {
  if (!isRecord(values)) return null;
  return Object.entries(values).map(([port, value]) => (
    <figure key={port}>
      <figcaption>
        {title} · {port}
      </figcaption>
      {isRecord(value) && isRecord(value.columns) ? (
        <Table columns={value.columns} />
      ) : (
        <code>{JSON.stringify(value)}</code>
      )}
    </figure>
  ));
}

function Table({ columns }: { columns: Record<string, unknown> }) {
  const names = Object.keys(columns);
  const cells = names.map((name) => {
    const column = columns[name];
    return Array.isArray(column) ? column : [column];
  });
  const rows = Math.min(10, Math.max(0, ...cells.map((column) => column.length)));
  return (
    <table className={styles.data}>
      <thead>
        <tr>
          {names.map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {Array.from({ length: rows }, (_, row) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows of an example never move
          <tr key={row}>
            {cells.map((column, index) => (
              <td key={names[index]}>
                {column[row] === null ? <span className={styles.null}>null</span> : asText(column[row])}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}
