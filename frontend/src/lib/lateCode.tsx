import { Alert, Button } from "antd";
import { type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

interface Late<Code> {
  /** null: not there yet, or `failure` says so. */
  readonly code: Code | null;
  readonly failure: ReactNode;
}

/** Code that is loaded when it is first shown. Where that fails, it is said in its place and can be tried again: the rest of the page goes on. */
export function lateCode<Code>(load: () => Promise<Code>): () => Late<Code> {
  let known: { readonly code: Code } | null = null;
  return function useLateCode() {
    const [late, setLate] = useState(known);
    const [tries, setTries] = useState(0);
    const [isFailed, setFailed] = useState(false);
    // biome-ignore lint/correctness/useExhaustiveDependencies: each try loads it once more
    useEffect(() => {
      if (known) return setLate(known);
      let isHere = true;
      load().then(
        (code) => {
          known = { code };
          if (isHere) setLate(known);
        },
        () => isHere && setFailed(true),
      );
      return () => {
        isHere = false;
      };
    }, [tries]);
    const retry = () => {
      setFailed(false);
      setTries(tries + 1);
    };
    return { code: late?.code ?? null, failure: isFailed && <NotLoaded onRetry={retry} /> };
  };
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
