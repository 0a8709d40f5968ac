import type { WidgetProps } from "./widget";

interface Look {
  id: string;
  disabled: boolean;
  "aria-label": string;
  "aria-describedby"?: string;
  "aria-invalid"?: true;
  status?: "error";
  size?: "small";
}

/** What every control of Ant Design is told alike. */
export function lookOf({ id, label, disabled, describedBy, isInvalid, isSmall }: WidgetProps, isWrong = false): Look {
  return {
    id,
    disabled,
    "aria-label": label,
    ...(describedBy && { "aria-describedby": describedBy }),
    ...((isInvalid || isWrong) && { status: "error", "aria-invalid": true }),
    ...(isSmall && { size: "small" }),
  };
}
