import { KeyOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Popconfirm, type TableColumnsType, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, queries, type Schemas } from "../../api/client";
import { Ago } from "../../lib/Ago";
import { useFormat } from "../../lib/format";
import { Card } from "../../lib/Page";
import { PagedTable, useListAddress } from "../../lib/PagedTable";
import { ShowOnce } from "../../lib/ShowOnce";
import { Teach } from "../../lib/Teach";
import { useAct } from "../../lib/useAct";
import { TokenDialog } from "./TokenDialog";

type Token = Schemas["Token"];

/** One's own API tokens: make, look at, void. */
export function Tokens() {
  const { t } = useTranslation("account");
  const format = useFormat();
  const { cursor } = useListAddress();
  const tokens = queries.useQuery("get", "/api/v1/account/tokens", { params: { query: cursor ? { cursor } : {} } });
  const { act } = useAct();
  const [isMaking, setMaking] = useState(false);
  const [key, setKey] = useState<string | null>(null);
  const now = Date.now() / 1000;
  const isVoid = (token: Token) => token.revoked_at !== null || token.expires_at < now;

  const columns: TableColumnsType<Token> = [
    { title: t("tokenName"), dataIndex: "name" },
    {
      title: t("scopes"),
      render: (_, { scopes }) => scopes.map((scope) => <Tag key={scope}>{scope}</Tag>),
    },
    { title: t("project"), render: (_, token) => token.project ?? t("allProjects") },
    { title: t("used"), render: (_, token) => <Ago at={token.used_at} /> },
    {
      title: t("expires"),
      render: (_, token) => (isVoid(token) ? <Tag color="default">{t("void")}</Tag> : format.time(token.expires_at)),
    },
    {
      render: (_, token) =>
        !isVoid(token) && (
          <Popconfirm
            title={t("revokeSure", { name: token.name })}
            okText={t("revoke")}
            onConfirm={() =>
              act(
                () => api.DELETE("/api/v1/account/tokens/{token_id}", { params: { path: { token_id: token.id } } }),
                t("revoked", { name: token.name }),
              )
            }
          >
            <Button size="small" danger type="text">
              {t("revoke")}
            </Button>
          </Popconfirm>
        ),
    },
  ];
  return (
    <Card
      title={t("tokens")}
      flush
      actions={
        <Button icon={<PlusOutlined />} onClick={() => setMaking(true)}>
          {t("newToken")}
        </Button>
      }
    >
      <PagedTable<Token>
        label={t("tokens")}
        columns={columns}
        rowKey={({ id }) => id}
        query={tokens}
        bare
        empty={
          <Teach icon={<KeyOutlined />} title={t("noTokens")}>
            {t("noTokensHelp")}
          </Teach>
        }
      />
      {isMaking && <TokenDialog onMade={setKey} onClose={() => setMaking(false)} />}
      {key && <ShowOnce title={t("tokenMade")} about={t("tokenMadeHelp")} value={key} onClose={() => setKey(null)} />}
    </Card>
  );
}
