import { CheckOutlined, DownOutlined } from "@ant-design/icons";
import { Dropdown, type MenuProps } from "antd";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { queries } from "../api/client";
import { usePreferences } from "./preferences";
import styles from "./Shell.module.css";

/** Shows which project is open, and leads to the others. */
export function ProjectMenu({ current }: { current: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const set = usePreferences((preferences) => preferences.set);
  const projects = queries.useQuery("get", "/api/v1/projects", { params: { query: { limit: 100 } } });
  useEffect(() => set({ project: current }), [current, set]);
  const items: MenuProps["items"] = [
    ...(projects.data?.items ?? []).map((project) => ({
      key: project.name,
      label: project.title || project.name,
      icon: project.name === current ? <CheckOutlined /> : <span />,
      onClick: () => void navigate(`/p/${encodeURIComponent(project.name)}`),
    })),
    { type: "divider" as const },
    { key: "/projects", label: t("nav.allProjects"), onClick: () => void navigate("/projects") },
  ];
  const title = projects.data?.items.find(({ name }) => name === current)?.title || current;
  return (
    <Dropdown menu={{ items }} trigger={["click"]} placement="bottomLeft">
      <button type="button" className={styles.project} aria-label={t("nav.project", { title })} title={title}>
        {[...title].slice(0, 2).join("")}
        <DownOutlined />
      </button>
    </Dropdown>
  );
}
