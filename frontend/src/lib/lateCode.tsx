import { Alert, Button } from "antd";
import { type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

/** Code that is loaded when it is first shown: made once per module, for `useLateCode`. */
export interface LateCode<Code> {
  readonly load: () => Promise<Code>;
  known: { readonly code: Code } | null;
}

export function lateCode<Code>(load: () => Promise<Code>): LateCode<Code> {
  return { load, known: null };
}

/** `code` null: not there yet, or `failure` says in its place that it cannot come, and tries again: the rest of the page goes on. */
export function useLateCode<Code>(late: LateCode<Code>): { code: Code | null; failure: ReactNode } {
  const [shown, setShown] = useState(late.known);
  const [tries, setTries] = useState(0);
  const [isFailed, setFailed] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each try loads it once more
  useEffect(() => {
    if (late.known) return setShown(late.known);
    let isHere = true;
    late.load().then(
      (code) => {
        late.known = { code };
        if (isHere) setShown(late.known);
      },
      () => isHere && setFailed(true),
    );
    return () => {
      isHere = false;
    };
  }, [late, tries]);
  const retry = () => {
    setFailed(false);
    setTries(tries + 1);
  };
  return { code: shown?.code ?? null, failure: isFailed && <NotLoaded onRetry={retry} /> };
}

function NotLoaded({ onRetry }: { onRetry: () => void }) {
  const { t } = useTranslation();
  return (
    <Alert
      type="error"
      showIcon
      title={t("notLoaded")}
      action={
        <Button size="small" onClick={onRetry}>
          {t("tryAgain")}
        </Button>
      }
    />
  );
}
