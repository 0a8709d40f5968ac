import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useProjectPath } from "../../../api/project";
import type { ListedVersion } from "../dataset";
import { originOf } from "./source";
import styles from "./Versions.module.css";

/** What a version was made from, with links to what is still there. */
export function OriginText({ version }: { version: ListedVersion }) {
  const { t } = useTranslation("datasets");
  const path = useProjectPath();
  const origin = originOf(version);
  switch (origin.kind) {
    case "upload":
      return <>{t("origin.upload", { file: origin.file })}</>;
    case "catalogue":
      return <>{t("origin.catalogue", { entry: origin.entry })}</>;
    case "run":
      return (
        <span className={styles.pair}>
          {origin.flow ? (
            <Link to={path(`/flows/${encodeURIComponent(origin.flow)}`)}>{origin.flow}</Link>
          ) : (
            t("origin.run")
          )}
          {origin.node && <span>{origin.node}</span>}
        </span>
      );
    default:
      return <>{t("origin.unknown")}</>;
  }
}
