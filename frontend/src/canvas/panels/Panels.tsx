/** Palette, toolbar, inspector and dialogs of an open flow. */
export function Panels() {
  return null;
}
