import { Button, type ButtonProps } from "antd";
import { queries } from "../../../api/client";
import { fileAddress } from "../../../data/FilesOf";

type FileButtonProps = Pick<ButtonProps, "icon" | "type" | "children"> & { project: string; artifact: string };

/** Takes away the file that an artifact consists of. */
export function FileButton({ project, artifact, ...look }: FileButtonProps) {
  const found = queries.useQuery("get", "/api/v1/projects/{project_name}/artifacts/{artifact_id}", {
    params: { path: { project_name: project, artifact_id: artifact } },
  });
  const name = found.data?.files[0]?.name;
  if (name === undefined) return null;
  return <Button href={fileAddress(project, artifact, name)} download={name.split("/").pop()} {...look} />;
}
