// Asks before something is done that people hear of, and stays open until it is done or refused.

import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { AskDialog } from "./ask-dialog.tsx";
import { TextField } from "./field.tsx";
import { useAct } from "../api/use-act.ts";

/** What is asked. */
export interface Question {
  title: string;
  children?: ComponentChildren;
  /** The button that does it: a verb. */
  verb: string;
  tone?: "primary" | "danger";
  /** Whether a word about why can be given, and what it is called. */
  note?: string;
  /** Does it; what it throws is shown, and the question stays. */
  run: (note: string) => Promise<unknown>;
}

const asked = signal<Question | undefined>(undefined);

/** Asks. */
export function ask(question: Question): void {
  asked.value = question;
}

/** Where questions appear; once on the page. */
export function Confirm() {
  const question = asked.value;
  if (question === undefined) return null;
  return <Asked key={question} question={question} />;
}

function Asked({ question }: { question: Question }) {
  const { title, children, verb, tone = "primary", note: noteLabel, run } = question;
  const [note, setNote] = useState("");
  const close = () => (asked.value = undefined);
  const answer = useAct({ mutationFn: run, onSuccess: close });
  return (
    <AskDialog
      title={title}
      verb={verb}
      tone={tone}
      act={answer}
      onAct={() => answer.mutate(note.trim())}
      onClose={close}
    >
      {children}
      {noteLabel !== undefined && <TextField label={noteLabel} value={note} onText={setNote} maxLength={500} />}
    </AskDialog>
  );
}
