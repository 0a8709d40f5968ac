import { memo, useEffect, useRef, useState } from "react";
import styles from "./forms.module.css";
import { ShownField, type ShownFieldProps } from "./ShownField";

export interface FieldRowProps extends ShownFieldProps {
  isVisible: boolean;
}

/** Milliseconds that a field takes to shrink away; as in the style. */
const LEAVING = 180;

/** One field. It grows in and shrinks away without a jump. */
export const FieldRow = memo(function FieldRow({ isVisible, ...props }: FieldRowProps) {
  const [isThere, setThere] = useState(isVisible);
  const last = useRef(props);
  if (isVisible) last.current = props;
  useEffect(() => {
    if (isVisible) setThere(true);
    const gone = isVisible ? undefined : setTimeout(() => setThere(false), LEAVING);
    return () => clearTimeout(gone);
  }, [isVisible]);
  return (
    <div className={isVisible ? styles.row : `${styles.row} ${styles.gone}`} data-field={props.name} inert={!isVisible}>
      <div className={styles.rowInside}>{(isVisible || isThere) && <ShownField {...last.current} />}</div>
    </div>
  );
}, isSame);

/** Troubles are made anew with every check; mostly they say the same. */
function isSame(before: FieldRowProps, after: FieldRowProps): boolean {
  return Object.keys(after).every((key) => {
    const name = key as keyof FieldRowProps;
    if (name === "troubles") return JSON.stringify(before.troubles) === JSON.stringify(after.troubles);
    return Object.is(before[name], after[name]);
  });
}
