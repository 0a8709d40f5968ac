import { CloseOutlined, UploadOutlined } from "@ant-design/icons";
import { Button, Progress, Tooltip } from "antd";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { queries } from "../../api/client";
import { useMayHere, useProjectName } from "../../api/project";
import { useFormat } from "../../lib/format";
import { messageOf } from "../../lib/messageOf";
import styles from "../forms.module.css";
import { useFileUpload } from "../useFileUpload";
import type { WidgetProps } from "../widget";
import { Names } from "./ServerWidgets";

/** A file by its path within the folders of the project (or a URL), chosen, typed or uploaded. */
export function FileWidget(props: WidgetProps) {
  const { label, spec, value, onChange, disabled, isSmall } = props;
  const { t } = useTranslation("forms");
  const project_name = useProjectName();
  const format = useFormat();
  const input = useRef<HTMLInputElement>(null);
  const [q, setQ] = useState("");
  const mayUpload = useMayHere("dataset.write") && spec.category !== "export" && !disabled;
  const { progress, error, start, cancel } = useFileUpload(project_name);
  const files = queries.useQuery(
    "get",
    "/api/v1/projects/{project_name}/files",
    { params: { path: { project_name }, query: { q, limit: 100 } } },
    { placeholderData: (before) => before, retry: false },
  );
  const names = (files.data?.items ?? []).map(({ path, size }) => ({
    value: path,
    search: path,
    label: (
      <span className={styles.option}>
        <span className={styles.optionName}>{path}</span>
        <span className={styles.type}>{format.bytes(size)}</span>
      </span>
    ),
  }));
  const upload = async (file: File) => {
    const path = await start(file);
    if (path !== null) onChange(path);
  };
  return (
    // A file may be dropped on the field; the button does the same for the keyboard.
    // biome-ignore lint/a11y/noStaticElementInteractions: as above
    <div
      onDragOver={(event) => mayUpload && event.preventDefault()}
      onDrop={(event) => {
        const [file] = event.dataTransfer.files;
        if (!mayUpload || !file) return;
        event.preventDefault();
        event.stopPropagation();
        void upload(file);
      }}
    >
      <div className={styles.withButton}>
        <Names
          {...props}
          names={names}
          placeholder={t("chooseFile")}
          empty={t("noFiles")}
          onSearch={(text) => setQ(text === value ? "" : text)}
        />
        {mayUpload && (
          <Tooltip title={t("uploadFile")}>
            <Button
              icon={<UploadOutlined />}
              aria-label={t("uploadFor", { label })}
              {...(isSmall && { size: "small" })}
              disabled={progress !== null}
              onClick={() => input.current?.click()}
            />
          </Tooltip>
        )}
      </div>
      <input
        ref={input}
        type="file"
        hidden
        tabIndex={-1}
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          event.target.value = "";
          if (file) void upload(file);
        }}
      />
      {progress !== null && (
        <div className={styles.beside}>
          <Progress percent={Math.floor(progress * 100)} size="small" className={styles.grow ?? ""} />
          <Button type="text" size="small" icon={<CloseOutlined />} aria-label={t("stopUpload")} onClick={cancel} />
        </div>
      )}
      {error !== null && <p className={styles.error}>{messageOf(error)}</p>}
    </div>
  );
}
