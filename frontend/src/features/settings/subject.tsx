import { useTranslation } from "react-i18next";
import { useFamilyTitle } from "../../canvas/panels/useFamilyTitle";

/** What can be restricted beside single operators. */
export const SUBJECTS = [
  "gpu",
  "engine:spark",
  "engine:ray",
  "engine:deepspeed",
  "family:source",
  "family:export",
  "family:model",
  "family:code",
] as const;

const ENGINES: Readonly<Record<string, string>> = { spark: "Spark", ray: "Ray", deepspeed: "DeepSpeed" };

/** What people call what a restriction is about; what is no subject stays as it is. */
export function useSubjectTitle(): (subject: string) => string {
  const { t } = useTranslation("settings");
  const familyTitle = useFamilyTitle();
  return (subject) => {
    const [kind, name = ""] = subject.split(":");
    switch (kind) {
      case "gpu":
        return t("restrictions.subjects.gpu");
      case "engine":
        return t("restrictions.subjects.engine", { name: ENGINES[name] ?? name });
      case "family":
        return t("restrictions.subjects.family", { name: familyTitle(name) });
      case "operator":
        return t("restrictions.subjects.operator", { name });
      default:
        return subject;
    }
  };
}

/** A subject by its title, and as it is written. */
export function SubjectName({ subject }: { subject: string }) {
  return (
    <>
      {useSubjectTitle()(subject)} <code>{subject}</code>
    </>
  );
}
