// The button and the form that change a section of the table's settings. What is typed goes into the draft, as on the page
// Routes and targets; nothing is in force before that is published.

import { PencilLine } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Link } from "wouter-preact";
import { whyNot } from "../../api/session-state.ts";
import { useAct } from "../../api/use-act.ts";
import { Button } from "../../components/button.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { countOf } from "../../components/numbers.ts";
import { Failure } from "../../components/states.tsx";
import { errorsBelow } from "../table/check-places.ts";
import { check, draft } from "../table/draft.ts";
import { wrongAsWhole, type FieldsForm } from "../table/fields-form.ts";
import { checkDraft } from "../table/publish.ts";
import type { Working } from "../table/working.ts";
import { formOfSection, placeOf, sectionOf, withSection, type Section } from "./section-form.ts";

interface EditSectionProps {
  section: Section;
  /** What the form is called: "How long things are kept". */
  title: string;
  working: Working;
  /** What takes the whole section out is called, where that is something that people do. */
  removal?: string;
  /** The fields. */
  children: (form: FieldsForm) => ComponentChildren;
}

/** The button, and the form once it is pressed. */
export function EditSection(props: EditSectionProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button icon={PencilLine} why={whyNot("config")} onClick={() => setOpen(true)}>
        Edit
      </Button>
      {isOpen && <SectionDialog {...props} onClose={() => setOpen(false)} />}
    </>
  );
}

function SectionDialog({
  section,
  title,
  working,
  removal,
  children,
  onClose,
}: EditSectionProps & { onClose: () => void }) {
  const form = formOfSection(section, working);
  const whole = wrongAsWhole(form, "");
  // What is wrong is said at its field before anybody looks for it on another page.
  const checking = useAct({
    mutationFn: async () => {
      if (draft.value !== undefined) await checkDraft(draft.value);
      return errorsBelow(check.value?.errors ?? [], placeOf(section)).length;
    },
    onSuccess: (count) => {
      if (count === 0) onClose();
    },
  });
  const fields = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // A form may be longer than the screen.
    if (checking.data !== undefined) fields.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus();
  }, [checking.data]);
  const remove = () => {
    working.edit((table) => withSection(table, section, undefined));
    onClose();
  };
  return (
    <Dialog
      title={title}
      isOpen
      shape="sheet"
      onClose={onClose}
      actions={
        <>
          {removal !== undefined && sectionOf(working.document, section) !== undefined && (
            <Button tone="danger" onClick={remove}>
              {removal}
            </Button>
          )}
          <Button tone="primary" isBusy={checking.isPending} onClick={() => checking.mutate()}>
            Done
          </Button>
        </>
      }
    >
      <p class="quiet">
        What you change here is a draft until it is published under{" "}
        <Link href="/table/draft">Routes and targets › Draft</Link>.
      </p>
      {form.errors.length > 0 && (
        <p class="settings-trouble" role="alert">
          {whole ?? `${countOf(form.errors.length, "thing is", "things are")} not right yet: see at the fields.`}
        </p>
      )}
      <div ref={fields} class="settings-fields">
        {children(form)}
      </div>
      {checking.error !== null && <Failure error={checking.error} />}
    </Dialog>
  );
}
