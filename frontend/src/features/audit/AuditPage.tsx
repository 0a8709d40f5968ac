import { AuditOutlined, DownloadOutlined, SafetyCertificateOutlined } from "@ant-design/icons";
import { App, Button } from "antd";
import { useTranslation } from "react-i18next";
import { api, queries } from "../../api/client";
import { useMay } from "../../api/session";
import { Forbidden } from "../../lib/Forbidden";
import { messageOf } from "../../lib/messageOf";
import { Page } from "../../lib/Page";
import { AuditTable, useAuditFilters } from "./AuditTable";

/** What was done on the whole platform, by whom; for admins of the platform. */
export function Component() {
  return useMay("audit.read_all") ? <Audit /> : <Forbidden />;
}

function Audit() {
  const { t } = useTranslation("audit");
  const { message } = App.useApp();
  const filters = useAuditFilters();
  const entries = queries.useQuery("get", "/api/v1/audit", { params: { query: filters } });
  const { cursor: _, ...exported } = filters;

  const verify = async () => {
    try {
      const { data } = await api.GET("/api/v1/audit/chain");
      if (data?.first_break == null) void message.success(t("intact"));
      else void message.error(t("broken", { seq: data.first_break }), 0);
    } catch (error) {
      void message.error(messageOf(error));
    }
  };
  return (
    <Page
      title={t("title")}
      about={t("about")}
      actions={
        <>
          <Button icon={<SafetyCertificateOutlined />} onClick={() => void verify()}>
            {t("verify")}
          </Button>
          <Button
            icon={<DownloadOutlined />}
            href={`/api/v1/audit/export?${new URLSearchParams(asTexts(exported))}`}
            download
          >
            {t("export")}
          </Button>
        </>
      }
    >
      <AuditTable query={entries} icon={<AuditOutlined />} />
    </Page>
  );
}

function asTexts(filters: object): Record<string, string> {
  return Object.fromEntries(Object.entries(filters).map(([name, value]) => [name, String(value)]));
}
