import type { CSSProperties } from "react";
import { categoryColour } from "./category";
import styles from "./OperatorIcon.module.css";
import { iconOf } from "./operatorIcons";

interface OperatorIconProps {
  /** Name in the spec; of a control-flow node its kind. */
  icon: string;
  /** Family of the operator; of a control-flow node its kind. */
  category: string;
  /** Of the tile, in pixels. */
  size?: number;
}

/** The icon of an operator on a tile tinted by its family. */
export function OperatorIcon({ icon, category, size = 34 }: OperatorIconProps) {
  const Icon = iconOf(icon, category);
  const style: CSSProperties & { "--tile": string; "--tint": string } = {
    "--tile": `${size}px`,
    "--tint": categoryColour(category),
  };
  return (
    <span className={styles.tile} style={style} aria-hidden="true">
      <Icon />
    </span>
  );
}
