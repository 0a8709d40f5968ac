import {
  ApartmentOutlined,
  AppstoreOutlined,
  AuditOutlined,
  BulbOutlined,
  CloudServerOutlined,
  ClusterOutlined,
  CompassOutlined,
  DatabaseOutlined,
  ExperimentOutlined,
  HomeOutlined,
  LineChartOutlined,
  RocketOutlined,
  SettingOutlined,
  TeamOutlined,
  TranslationOutlined,
  UserOutlined,
} from "@ant-design/icons";
import { App, Dropdown, type MenuProps } from "antd";
import { type ComponentType, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Link, Navigate, NavLink, Outlet, useLocation, useMatch, useNavigate } from "react-router";
import { signOut, useMay, useSession } from "../api/session";
import { ErrorNotice } from "../lib/ErrorNotice";
import { Loading } from "../lib/Loading";
import { ProjectMenu } from "./ProjectMenu";
import { usePreferences } from "./preferences";
import styles from "./Shell.module.css";
import { useTheme } from "./useTheme";

/** What surrounds every page of somebody who is signed in. */
export function Component() {
  const session = useSession();
  const location = useLocation();
  if (session.isPending) return <Loading />;
  if (session.error) return <ErrorNotice error={session.error} onRetry={() => void session.refetch()} />;
  if (!session.data)
    return <Navigate to={`/sign-in?to=${encodeURIComponent(location.pathname + location.search)}`} replace />;
  return (
    <App className={styles.shell}>
      <Rail />
      <main className={styles.main} id="main">
        <Suspense fallback={<Loading />}>
          <Outlet />
        </Suspense>
      </main>
    </App>
  );
}

function Rail() {
  const { t } = useTranslation();
  const last = usePreferences((preferences) => preferences.project);
  const here = useMatch("/p/:project/*")?.params.project ?? last;
  const project = `/p/${encodeURIComponent(here)}`;
  const mayManageUsers = useMay("user.manage");
  const mayAudit = useMay("audit.read_all");
  return (
    <nav className={styles.rail} aria-label={t("nav.label")}>
      <a className={styles.skip} href="#main">
        {t("nav.skip")}
      </a>
      <Link to={project} className={styles.logo} aria-label={t("nav.home")}>
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d="M12 2 22 12 12 22 2 12Z" />
        </svg>
      </Link>
      <ProjectMenu current={here} />
      <Item to={project} end icon={HomeOutlined} label={t("nav.home")} />
      <Item to={`${project}/wizards`} icon={CompassOutlined} label={t("nav.wizards")} />
      <Item to={`${project}/flows`} icon={ApartmentOutlined} label={t("nav.flows")} />
      <Item to={`${project}/runs`} icon={LineChartOutlined} label={t("nav.runs")} />
      <Item to={`${project}/training`} icon={RocketOutlined} label={t("nav.training")} />
      <Item to={`${project}/datasets`} icon={DatabaseOutlined} label={t("nav.datasets")} />
      <Item to={`${project}/models`} icon={ExperimentOutlined} label={t("nav.models")} />
      <Item to={`${project}/deployments`} icon={CloudServerOutlined} label={t("nav.deployments")} />
      <Item to="/operators" icon={AppstoreOutlined} label={t("nav.operators")} />
      <Item to="/pools" icon={ClusterOutlined} label={t("nav.pools")} />
      <Item to={`${project}/settings`} icon={SettingOutlined} label={t("nav.settings")} />
      <div className={styles.space} />
      {mayManageUsers && <Item to="/users" icon={TeamOutlined} label={t("nav.users")} />}
      {mayAudit && <Item to="/audit" icon={AuditOutlined} label={t("nav.audit")} />}
      <Choices />
    </nav>
  );
}

interface ItemProps {
  to: string;
  end?: boolean;
  icon: ComponentType;
  label: string;
}

function Item({ to, end = false, icon: Icon, label }: ItemProps) {
  return (
    <NavLink
      to={to}
      end={end}
      className={({ isActive }) => (isActive ? `${styles.item} ${styles.active}` : styles.item)}
    >
      <Icon />
      <span>{label}</span>
    </NavLink>
  );
}

/** Language, theme and account. */
function Choices() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const session = useSession();
  const theme = useTheme();
  const { language, set } = usePreferences();
  const account: MenuProps["items"] = [
    { key: "name", type: "group", label: session.data?.name },
    { key: "account", label: t("nav.account"), onClick: () => void navigate("/account") },
    { key: "out", label: t("nav.signOut"), onClick: () => void signOut() },
  ];
  return (
    <>
      <button
        type="button"
        className={styles.item}
        onClick={() => set({ language: language === "en" ? "zh-CN" : "en" })}
      >
        <TranslationOutlined />
        <span lang={language === "en" ? "zh-CN" : "en"}>{language === "en" ? "中文" : "EN"}</span>
      </button>
      <button
        type="button"
        className={styles.item}
        onClick={() => set({ theme: theme === "dark" ? "light" : "dark" })}
        aria-label={theme === "dark" ? t("nav.toLight") : t("nav.toDark")}
      >
        <BulbOutlined />
      </button>
      <Dropdown menu={{ items: account }} trigger={["click"]} placement="topRight">
        <button type="button" className={styles.item} aria-label={t("nav.account")}>
          <UserOutlined />
        </button>
      </Dropdown>
    </>
  );
}
