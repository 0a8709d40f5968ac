import { Button, Form, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ifMatch, type Schemas } from "../../api/client";
import { useMay, useSession } from "../../api/session";
import { FormModal } from "../../lib/FormModal";
import { useAct } from "../../lib/useAct";

const PATH = "/api/v1/operator-releases/{name}/{version}";
/** Steps that say why. */
type NotedStep = "reject" | "deprecate" | "withdraw";

/** What may be done with a release in its state, by who looks at it. */
export function ReleaseActions({ release }: { release: Schemas["Release"] }) {
  const { t } = useTranslation("operators");
  const { act, isBusy } = useAct();
  const me = useSession().data;
  const mayPublish = useMay("operator.publish");
  const mayReview = useMay("operator.review");
  const [noted, setNoted] = useState<NotedStep | null>(null);
  const path = { name: release.name, version: release.version };
  const isAuthor = me?.name === release.author;

  const inState = async () => {
    const { response } = await api.GET(PATH, { params: { path } });
    return { path, header: ifMatch(response) };
  };
  const submit = () => act(async () => api.POST(`${PATH}/submit`, { params: await inState() }), t("done.submit"));
  const approve = () => act(async () => api.POST(`${PATH}/approve`, { params: await inState() }), t("done.approve"));
  const say = async (step: NotedStep, body: Schemas["Note"]) => {
    await api.POST(`${PATH}/${step}`, { params: await inState(), body });
  };
  const { state } = release;
  return (
    <>
      {state === "draft" && mayPublish && (
        <Button type="primary" loading={isBusy} onClick={() => void submit()}>
          {t("steps.submit")}
        </Button>
      )}
      {state === "in_review" && mayReview && (
        <>
          <Button onClick={() => setNoted("reject")}>{t("steps.reject")}</Button>
          <Button
            type="primary"
            loading={isBusy}
            disabled={isAuthor && !me?.is_admin}
            title={isAuthor ? t("notOwn") : undefined}
            onClick={() => void approve()}
          >
            {t("steps.approve")}
          </Button>
        </>
      )}
      {state === "published" && mayReview && (
        <Button onClick={() => setNoted("deprecate")}>{t("steps.deprecate")}</Button>
      )}
      {(state === "published" || state === "deprecated") && mayReview && (
        <Button danger onClick={() => setNoted("withdraw")}>
          {t("steps.withdraw")}
        </Button>
      )}
      {noted && (
        <FormModal<Schemas["Note"]>
          title={t(`steps.${noted}`)}
          submit={t(`steps.${noted}`)}
          onSubmit={(note) => say(noted, note)}
          onClose={() => setNoted(null)}
        >
          <Form.Item
            name="note"
            label={t("why")}
            extra={t(`whyHelp.${noted}`)}
            rules={[{ required: true, message: t("whyMissing") }]}
          >
            <Input.TextArea autoFocus autoSize={{ minRows: 3 }} maxLength={2000} />
          </Form.Item>
        </FormModal>
      )}
    </>
  );
}
