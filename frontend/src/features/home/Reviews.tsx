import { AppstoreOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { queries } from "../../api/client";
import { Ago } from "../../lib/Ago";
import { Block } from "./Block";
import styles from "./HomePage.module.css";

/** Operator packages that wait for a reviewer. */
export function Reviews() {
  const { t } = useTranslation("home");
  const releases = queries.useQuery("get", "/api/v1/operator-releases", {
    params: { query: { state: "in_review", limit: 6 } },
  });
  return (
    <Block
      title={t("reviews")}
      actions={<Link to="/releases">{t("all")}</Link>}
      query={releases}
      rows={(releases.data?.items ?? []).map(({ name, version, author, created_at }) => ({
        key: `${name} ${version}`,
        to: `/releases/${encodeURIComponent(name)}/${encodeURIComponent(version)}`,
        icon: <AppstoreOutlined />,
        name: `${name} ${version}`,
        about: (
          <>
            {author ?? t("commandLine")} · <Ago at={created_at} />
          </>
        ),
      }))}
      empty={<p className={styles.quiet}>{t("noReviews")}</p>}
    />
  );
}
