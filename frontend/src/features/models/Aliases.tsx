import { Tag } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useProjectPath } from "../../api/project";
import styles from "./Models.module.css";
import { modelPath } from "./model";

/** Names such as "champion", each with the version that it points to. */
export function Aliases({ model, of }: { model: string; of: Record<string, number> }) {
  const { t } = useTranslation("models");
  const path = useProjectPath();
  const all = Object.entries(of);
  if (all.length === 0) return <span className={styles.quiet}>–</span>;
  return (
    <span className={styles.tags}>
      {all.map(([alias, number]) => (
        <Tag key={alias} color="blue">
          <Link to={path(modelPath(model, number))}>
            {alias} · {t("versionShort", { number })}
          </Link>
        </Tag>
      ))}
    </span>
  );
}
