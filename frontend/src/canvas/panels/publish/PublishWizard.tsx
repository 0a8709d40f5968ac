import { lateCode, useLateCode } from "../../../lib/lateCode";
import { useView } from "../../store/viewStore";

const dialog = lateCode(async () => (await import("./PublishDialog")).default);

/** The dialog that makes the flow a wizard, when it is asked for. */
export function PublishWizard() {
  const isOpen = useView(({ overlay }) => overlay === "publish");
  return isOpen ? <Open /> : null;
}

function Open() {
  const show = useView((view) => view.show);
  const { code: Dialog, failure } = useLateCode(dialog);
  return Dialog ? <Dialog onClose={() => show({ overlay: null })} /> : failure;
}
