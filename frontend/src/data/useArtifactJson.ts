import { useQuery } from "@tanstack/react-query";
import { errorOf } from "../api/client";
import { fileAddress } from "./FilesOf";
import { isJson, type Json } from "./parts";

/** A JSON file among the files of an artifact. */
export function useArtifactJson(project: string, artifactId: string, name: string) {
  return useQuery({
    queryKey: ["artifact-file", project, artifactId, name],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }): Promise<Json> => {
      const response = await fetch(fileAddress(project, artifactId, name), { signal });
      if (!response.ok) throw await errorOf(response);
      const content: unknown = await response.json();
      return isJson(content) ? content : {};
    },
  });
}
