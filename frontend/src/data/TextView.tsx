import { Segmented } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { queries } from "../api/client";
import { ErrorNotice } from "../lib/ErrorNotice";
import { Loading } from "../lib/Loading";
import { Markdown } from "../lib/Markdown";
import type { PartProps } from "./ArtifactView";
import styles from "./ArtifactView.module.css";
import { FilesOf } from "./FilesOf";

type Look = "read" | "source";

/** A report: as it is meant to be read, or as it is written. */
export function TextView({ project, artifact }: PartProps) {
  const { t } = useTranslation("data");
  const [look, setLook] = useState<Look>("read");
  const text = queries.useQuery(
    "get",
    "/api/v1/projects/{project_name}/artifacts/{artifact_id}/text",
    { params: { path: { project_name: project, artifact_id: artifact.id } } },
    { staleTime: Number.POSITIVE_INFINITY },
  );
  if (text.error) return <ErrorNotice error={text.error} onRetry={() => void text.refetch()} />;
  if (!text.data) return <Loading />;
  return (
    <div className={styles.card}>
      <div className={styles.bar}>
        <Segmented<Look>
          aria-label={t("artifact.look")}
          size="small"
          value={look}
          onChange={setLook}
          options={[
            { value: "read", label: t("artifact.read") },
            { value: "source", label: t("artifact.source") },
          ]}
        />
      </div>
      {look === "read" ? <Markdown text={text.data.text} /> : <pre className={styles.plain}>{text.data.text}</pre>}
      {text.data.truncated && <p className={styles.quiet}>{t("artifact.cut")}</p>}
      <FilesOf project={project} artifact={artifact} />
    </div>
  );
}
