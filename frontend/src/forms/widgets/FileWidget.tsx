import type { WidgetProps } from "../widget";
import { TextWidget } from "./TextWidgets";

/** A file by its path within the folders of the project, or a URL. */
export function FileWidget(props: WidgetProps) {
  return <TextWidget {...props} />;
}
