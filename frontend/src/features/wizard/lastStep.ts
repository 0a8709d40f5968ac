const KEY = "patchbay.wizard-step";

/** Where somebody stopped in a wizard, on this computer. */
export const lastStep = {
  of(project: string, flow: string): string | null {
    return localStorage.getItem(keyOf(project, flow));
  },
  keep(project: string, flow: string, step: string): void {
    localStorage.setItem(keyOf(project, flow), step);
  },
};

function keyOf(project: string, flow: string): string {
  return `${KEY}/${project}/${flow}`;
}
