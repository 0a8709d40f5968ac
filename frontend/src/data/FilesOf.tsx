import { DownloadOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import { useFormat } from "../lib/format";
import type { PartProps } from "./ArtifactView";
import styles from "./ArtifactView.module.css";

export function fileAddress(project: string, artifactId: string, name: string): string {
  const path = name.split("/").map(encodeURIComponent).join("/");
  return `/api/v1/projects/${encodeURIComponent(project)}/artifacts/${artifactId}/files/${path}`;
}

/** The files that an artifact consists of, to take away. */
export function FilesOf({ project, artifact, isOpen = false }: PartProps & { isOpen?: boolean }) {
  const { t } = useTranslation("data");
  const format = useFormat();
  return (
    <div className={styles.section}>
      {isOpen && <p className={styles.quiet}>{t("artifact.noPreview")}</p>}
      <details className={styles.files} open={isOpen}>
        <summary>
          {t("artifact.files")} · {format.bytes(artifact.size)}
        </summary>
        <ul>
          {artifact.files.map(({ name, size }) => (
            <li key={name}>
              <a href={fileAddress(project, artifact.id, name)} download>
                <DownloadOutlined /> {name}
              </a>
              <span className="numbers">{format.bytes(size)}</span>
            </li>
          ))}
        </ul>
      </details>
    </div>
  );
}
