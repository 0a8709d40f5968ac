import { AppstoreOutlined, CloudUploadOutlined } from "@ant-design/icons";
import { Button, Select, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { queries, type Schemas } from "../../api/client";
import { useMay } from "../../api/session";
import { usePreferences } from "../../app/preferences";
import { isOperatorSpec, textOf, titleOf } from "../../canvas/model/spec";
import { useFamilyTitle } from "../../canvas/panels/useFamilyTitle";
import { CATEGORIES } from "../../lib/category";
import { ErrorNotice } from "../../lib/ErrorNotice";
import { LinkButton } from "../../lib/LinkButton";
import { Loading } from "../../lib/Loading";
import { OperatorIcon } from "../../lib/OperatorIcon";
import { Page } from "../../lib/Page";
import { SearchField, useListAddress } from "../../lib/PagedTable";
import { Teach } from "../../lib/Teach";
import { BrokenOperators } from "./BrokenOperators";
import styles from "./OperatorsPage.module.css";

/** What there is to patch together. */
export function Component() {
  const { t } = useTranslation("operators");
  const familyTitle = useFamilyTitle();
  const { q, cursor, get, change } = useListAddress();
  const asked = get("category");
  const category = CATEGORIES.find((known) => known === asked) ?? null;
  const mayPublish = useMay("operator.publish");
  const page = queries.useQuery(
    "get",
    "/api/v1/operators",
    { params: { query: { limit: 200, q, ...(category ? { category } : {}), ...(cursor ? { cursor } : {}) } } },
    { placeholderData: (before) => before },
  );
  return (
    <Page
      title={t("title")}
      about={t("about")}
      actions={
        <>
          <LinkButton to="/releases">{t("releases")}</LinkButton>
          {mayPublish && (
            <LinkButton to="/releases?upload=1" type="primary" icon={<CloudUploadOutlined />}>
              {t("publish")}
            </LinkButton>
          )}
        </>
      }
    >
      <BrokenOperators />
      <div className={styles.bar}>
        <SearchField placeholder={t("search")} value={q} onChange={(text) => change({ q: text })} />
        <Select
          className={styles.category ?? ""}
          aria-label={t("category")}
          value={category ?? "all"}
          options={[
            { value: "all", label: t("allCategories") },
            ...CATEGORIES.map((value) => ({ value, label: familyTitle(value) })),
          ]}
          onChange={(value) => change({ category: value === "all" ? null : value })}
        />
      </div>
      {page.error && <ErrorNotice error={page.error} onRetry={() => void page.refetch()} />}
      {page.isPending && <Loading />}
      {page.data?.items.length === 0 && <Teach icon={<AppstoreOutlined />} title={t("nothing")} />}
      <ul className={styles.cards}>
        {page.data?.items.map((operator) => (
          <OperatorCard key={operator.key} operator={operator} />
        ))}
      </ul>
      {page.data?.next && (
        <Button onClick={() => change({ cursor: page.data?.next ?? null })} className={styles.more ?? ""}>
          {t("more")}
        </Button>
      )}
    </Page>
  );
}

function OperatorCard({ operator }: { operator: Schemas["Operator"] }) {
  const { t } = useTranslation("operators");
  const language = usePreferences((preferences) => preferences.language);
  const { key, spec, state } = operator;
  if (!isOperatorSpec(spec)) return null;
  return (
    <li>
      <Link to={`/operators/${encodeURIComponent(key)}`} className={styles.card}>
        <OperatorIcon icon={spec.icon} category={spec.category} />
        <span className={styles.words}>
          <strong>{titleOf(spec, language)}</strong>
          <code>{key}</code>
          <span className={styles.description}>{textOf(spec, "$t.description", language)}</span>
        </span>
        {state !== "installed" && <Tag>{t(`states.${state}`)}</Tag>}
      </Link>
    </li>
  );
}
