import { InboxOutlined } from "@ant-design/icons";
import { useId, useState } from "react";
import styles from "./Upload.module.css";

interface ChooseFileProps {
  title: string;
  help: string;
  /** Endings, as file choosers want them. */
  accept?: string;
  isBusy?: boolean;
  onChoose: (file: File) => void;
}

/** A place where a file is dropped, and a button that asks for one. */
export function ChooseFile({ title, help, accept, isBusy = false, onChoose }: ChooseFileProps) {
  const id = useId();
  const [isOver, setOver] = useState(false);
  const take = (files: FileList | null) => {
    const file = files?.[0];
    if (file && !isBusy) onChoose(file);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is beside the button, which keyboards reach
    <div
      className={styles.drop}
      data-over={isOver || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take(event.dataTransfer.files);
      }}
    >
      <InboxOutlined className={styles.dropIcon} />
      <input
        id={id}
        type="file"
        className={styles.fileInput}
        disabled={isBusy}
        {...(accept && { accept })}
        onChange={(event) => {
          take(event.target.files);
          event.target.value = "";
        }}
      />
      <label htmlFor={id} className={styles.choose}>
        {title}
      </label>
      <p>{help}</p>
    </div>
  );
}
