import { useState } from "react";
import { useTranslation } from "react-i18next";
import { queries } from "../../api/client";
import { ErrorNotice } from "../../lib/ErrorNotice";
import { useFormat } from "../../lib/format";
import { Loading } from "../../lib/Loading";
import { Card } from "../../lib/Page";
import styles from "./ReleasePage.module.css";

/** The files of a package, to be read before it is approved. */
export function SourceFiles({ name, version }: { name: string; version: string }) {
  const format = useFormat();
  const path = { name, version };
  const files = queries.useQuery("get", "/api/v1/operator-releases/{name}/{version}/files", { params: { path } });
  const [chosen, setChosen] = useState<string | null>(null);
  if (files.isPending) return <Loading />;
  if (files.error) return <ErrorNotice error={files.error} onRetry={() => void files.refetch()} />;
  const shown = chosen ?? files.data.find((file) => file.path.endsWith(".py"))?.path ?? files.data[0]?.path;
  return (
    <Card>
      <div className={styles.files}>
        <ul className={styles.names}>
          {files.data.map((file) => (
            <li key={file.path}>
              <button type="button" aria-current={file.path === shown} onClick={() => setChosen(file.path)}>
                {file.path}
                <span className={styles.size}>{format.bytes(file.size)}</span>
              </button>
            </li>
          ))}
        </ul>
        {shown && <Source name={name} version={version} path={shown} />}
      </div>
    </Card>
  );
}

function Source({ name, version, path }: { name: string; version: string; path: string }) {
  const { t } = useTranslation("operators");
  const source = queries.useQuery("get", "/api/v1/operator-releases/{name}/{version}/source", {
    params: { path: { name, version }, query: { path } },
  });
  if (source.isPending) return <Loading />;
  if (source.error) return <ErrorNotice error={source.error} onRetry={() => void source.refetch()} />;
  if (source.data.text === null) return <p className={styles.quiet}>{t("noText")}</p>;
  return (
    <div>
      {source.data.cut && <p className={styles.quiet}>{t("cut")}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long file is scrolled by keyboard */}
      <pre className={styles.code} tabIndex={0}>
        {source.data.text}
      </pre>
    </div>
  );
}
