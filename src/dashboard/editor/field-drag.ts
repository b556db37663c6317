// A field that is dragged from a list into an editor.

/** What it travels as; a plain text besides, for fields that are no editor of ours. */
export const FIELD_TYPE = "application/x-signalbox-field";

/** Fills what is dragged with a field's path. */
export function dragField(event: DragEvent, path: string): void {
  event.dataTransfer?.setData(FIELD_TYPE, path);
  event.dataTransfer?.setData("text/plain", `{{ ${path} }}`);
}
