import type { ReactNode } from "react";
import styles from "./Markdown.module.css";
import { type Block, parse, type Span, spans } from "./markdownBlocks";

/** Reports and documentation of operators: headings, lists, tables, code. Never markup of others: HTML stays text. */
export function Markdown({ text }: { text: string }) {
  return (
    <div className={styles.text}>
      {parse(text).map((block, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a text does not change its order
        <BlockOf key={index} block={block} />
      ))}
    </div>
  );
}

function BlockOf({ block }: { block: Block }): ReactNode {
  switch (block.kind) {
    case "heading": {
      const Level = block.level <= 1 ? "h2" : block.level === 2 ? "h3" : "h4";
      return (
        <Level>
          <Line text={block.text} />
        </Level>
      );
    }
    case "code":
      return (
        <pre>
          <code>{block.text}</code>
        </pre>
      );
    case "list": {
      const List = block.isOrdered ? "ol" : "ul";
      return (
        <List>
          {block.items.map((item, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            <li key={index}>
              <Line text={item} />
            </li>
          ))}
        </List>
      );
    }
    case "table":
      return (
        <div className={styles.scroll}>
          <table>
            <thead>
              <tr>
                {block.head.map((cell, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: see above
                  <th key={index} scope="col" className={block.right[index] ? styles.right : undefined}>
                    <Line text={cell} />
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {block.rows.map((row, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: see above
                <tr key={at}>
                  {row.map((cell, index) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: see above
                    <td key={index} className={block.right[index] ? styles.right : undefined}>
                      <Line text={cell} />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      );
    default:
      return (
        <p>
          <Line text={block.text} />
        </p>
      );
  }
}

function Line({ text }: { text: string }) {
  return spans(text).map((span, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: see above
    <SpanOf key={index} span={span} />
  ));
}

function SpanOf({ span }: { span: Span }): ReactNode {
  if (span.look === "strong") return <strong>{span.text}</strong>;
  if (span.look === "emphasis") return <em>{span.text}</em>;
  if (span.look === "code") return <code>{span.text}</code>;
  if (span.look === "link")
    return (
      <a href={span.to} target="_blank" rel="noreferrer noopener">
        {span.text}
      </a>
    );
  return span.text;
}
