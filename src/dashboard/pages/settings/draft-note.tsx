// That a draft changes what stands here, what it changes, and where it is published.

import { Undo2 } from "lucide-preact";
import { Link } from "wouter-preact";
import { whyNot } from "../../api/session-state.ts";
import { Button } from "../../components/button.tsx";
import { Note } from "../../components/note.tsx";
import { countOf } from "../../components/numbers.ts";
import { ChangeList } from "../table/change-list.tsx";
import { errorsBelow } from "../table/check-places.ts";
import { draft } from "../table/draft.ts";
import type { Working } from "../table/working.ts";
import { changesOfSection, placeOf, sectionOf, withSection, type Section } from "./section-form.ts";

/** The note; nothing where no draft changes the section. */
export function DraftNote({ section, working: { document, errors, edit } }: { section: Section; working: Working }) {
  const base = draft.value?.base.document;
  const changes = base === undefined ? [] : changesOfSection(base, document, section);
  if (base === undefined || changes.length === 0) return null;
  const wrong = errorsBelow(errors, placeOf(section)).length;
  return (
    <Note mood="info">
      <p role="status">
        <strong>{countOf(changes.length, "change")} of this in your draft</strong>, not in force. Publish under{" "}
        <Link href="/table/draft">Routes and targets › Draft</Link>.
        {wrong > 0 && ` The check has something against ${wrong === 1 ? "it" : "them"}: Edit shows what.`}
      </p>
      <div class="settings-draft">
        <ChangeList changes={changes} />
      </div>
      <Button
        tone="quiet"
        icon={Undo2}
        why={whyNot("config")}
        onClick={() => edit((table) => withSection(table, section, sectionOf(base, section)))}
      >
        As it was
      </Button>
    </Note>
  );
}
