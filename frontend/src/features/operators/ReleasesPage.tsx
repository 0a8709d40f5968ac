import { CloudUploadOutlined, InboxOutlined } from "@ant-design/icons";
import { Button, Select, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { queries, type Schemas } from "../../api/client";
import { useMay } from "../../api/session";
import { Ago } from "../../lib/Ago";
import { Page } from "../../lib/Page";
import { PagedTable, useListAddress } from "../../lib/PagedTable";
import { Teach } from "../../lib/Teach";
import { ReleaseState } from "./ReleaseState";
import { UploadDialog } from "./UploadDialog";

type Summary = Schemas["ReleaseSummary"];
const STATES = ["draft", "in_review", "published", "deprecated", "withdrawn"] as const;

/** Operator packages on their way to everybody. */
export function Component() {
  const { t } = useTranslation("operators");
  const { cursor, get, change } = useListAddress();
  const state = STATES.find((known) => known === get("state"));
  const mayPublish = useMay("operator.publish");
  const releases = queries.useQuery("get", "/api/v1/operator-releases", {
    params: { query: { ...(state ? { state } : {}), ...(cursor ? { cursor } : {}) } },
  });
  const columns: TableColumnsType<Summary> = [
    {
      title: t("package"),
      render: (_, { name, version }) => (
        <Link to={`/releases/${encodeURIComponent(name)}/${encodeURIComponent(version)}`}>
          {name} {version}
        </Link>
      ),
    },
    { title: t("state"), render: (_, release) => <ReleaseState state={release.state} /> },
    { title: t("author"), render: (_, { author }) => author ?? t("commandLine") },
    { title: t("uploaded"), render: (_, { created_at }) => <Ago at={created_at} /> },
    { title: t("reviewer"), render: (_, { reviewer }) => reviewer ?? "–" },
    { title: t("note"), dataIndex: "note", ellipsis: true },
  ];
  return (
    <Page
      title={t("releases")}
      about={t("releasesAbout")}
      back={{ to: "/operators", label: t("title") }}
      actions={
        mayPublish && (
          <Button type="primary" icon={<CloudUploadOutlined />} onClick={() => change({ upload: "1" })}>
            {t("publish")}
          </Button>
        )
      }
    >
      <PagedTable<Summary>
        label={t("releases")}
        columns={columns}
        rowKey={({ name, version }) => `${name} ${version}`}
        query={releases}
        filters={
          <Select
            aria-label={t("state")}
            value={state ?? "all"}
            options={[
              { value: "all", label: t("allStates") },
              ...STATES.map((value) => ({ value, label: t(`states.${value}`) })),
            ]}
            onChange={(value) => change({ state: value === "all" ? null : value })}
          />
        }
        empty={
          <Teach icon={<InboxOutlined />} title={t("noReleases")}>
            {t("noReleasesHelp")}
          </Teach>
        }
      />
      {mayPublish && get("upload") && <UploadDialog onClose={() => change({ upload: null })} />}
    </Page>
  );
}
