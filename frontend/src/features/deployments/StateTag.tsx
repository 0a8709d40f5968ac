import { CheckCircleFilled, CloseCircleFilled, LoadingOutlined, StopOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import styles from "./Deployments.module.css";
import type { Deployment } from "./deployment";

const SIGNS = {
  serving: CheckCircleFilled,
  failing: CloseCircleFilled,
  starting: LoadingOutlined,
  changing: LoadingOutlined,
  stopping: StopOutlined,
} as const;

/** The state of a deployment, as a sign and a word. */
export function StateTag({ state }: Pick<Deployment, "state">) {
  const { t } = useTranslation("deployments");
  const known = state as keyof typeof SIGNS;
  const Sign = SIGNS[known];
  return (
    <span className={styles.state}>
      <span className={styles[known]} aria-hidden="true">
        <Sign />
      </span>
      {t(`states.${known}`)}
    </span>
  );
}
