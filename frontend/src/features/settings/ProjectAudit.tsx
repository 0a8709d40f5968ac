import { AuditOutlined } from "@ant-design/icons";
import { queries } from "../../api/client";
import { useProjectName } from "../../api/project";
import { AuditTable, useAuditFilters } from "../audit/AuditTable";

/** What was done in the project. */
export function ProjectAudit() {
  const project_name = useProjectName();
  const query = useAuditFilters();
  const entries = queries.useQuery("get", "/api/v1/projects/{project_name}/audit", {
    params: { path: { project_name }, query },
  });
  return <AuditTable query={entries} icon={<AuditOutlined />} />;
}
