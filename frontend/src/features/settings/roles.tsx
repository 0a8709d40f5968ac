import { useTranslation } from "react-i18next";

const ROLES = ["admin", "engineer", "scientist", "expert", "on-duty", "viewer"] as const;
type Role = (typeof ROLES)[number];

const isRole = (role: string): role is Role => (ROLES as readonly string[]).includes(role);

/** The roles of a project with what each is for, to choose one. */
export function useRoleOptions(): { value: Role; label: string; title: string }[] {
  const { t } = useTranslation("settings");
  return ROLES.map((role) => ({ value: role, label: t(`roles.${role}`), title: t(`rolesHelp.${role}`) }));
}

export function RoleName({ role }: { role: string }) {
  const { t } = useTranslation("settings");
  return <>{isRole(role) ? t(`roles.${role}`) : role}</>;
}
