import {
  CalendarOutlined,
  CheckSquareOutlined,
  FontSizeOutlined,
  NumberOutlined,
  QuestionCircleOutlined,
} from "@ant-design/icons";
import type { ComponentType } from "react";

const ICONS: { [kind: string]: ComponentType<{ title?: string; className?: string }> } = {
  number: NumberOutlined,
  text: FontSizeOutlined,
  time: CalendarOutlined,
  boolean: CheckSquareOutlined,
};

/** What a column holds, at a glance. `type` is its exact type, shown where the pointer rests. */
export function KindIcon({ kind, type, className }: { kind: string; type: string; className?: string }) {
  const Icon = ICONS[kind] ?? QuestionCircleOutlined;
  return <Icon title={type} {...(className && { className })} />;
}
