// One part of the table, beside the picture: how it stands, its form, its definition as JSON, who uses it, and what can be
// done with it.

import { ArrowLeft, Undo2, X } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Link, useLocation } from "wouter-preact";
import { usersOf } from "../../../routing/edit-table.ts";
import { may } from "../../api/session-state.ts";
import { Badge } from "../../components/badge.tsx";
import { Button, ButtonLink } from "../../components/button.tsx";
import { useKeys } from "../../components/keys.ts";
import { Empty } from "../../components/states.tsx";
import { Tabs } from "../../components/tabs.tsx";
import { draft } from "./draft.ts";
import { InletForm } from "./inlet-form.tsx";
import { JsonDocument } from "./json-document.tsx";
import { PartActions } from "./part-actions.tsx";
import { wrongAsWhole } from "./fields-form.ts";
import { formOf, type PartForm } from "./part-form.ts";
import { definitionOf, hrefOf, isFields, ONE, withPartOf, type PartRef } from "./part.ts";
import { RouteForm } from "./route-form.tsx";
import type { Pause } from "../../api/holds.ts";
import { ofRoute, ofTarget, type TargetStanding } from "../../components/standing.ts";
import { StandingNote } from "./standing-note.tsx";
import { TargetForm } from "./target-form.tsx";
import type { Working } from "./working.ts";
import "./part-panel.css";

export interface PartPanelProps {
  part: PartRef;
  /** What the link back ends with. */
  suffix: string;
  working: Working;
  /** Undefined until it is known. */
  standing: readonly TargetStanding[] | undefined;
  pauses: readonly Pause[] | undefined;
}

/** The panel of a part. */
export function PartPanel({ part, suffix, working, standing, pauses }: PartPanelProps) {
  const [, navigate] = useLocation();
  const back = `/table${suffix}`;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // After the frame, which gives the focus to the page's heading whenever the address changes.
    const frame = requestAnimationFrame(() => heading.current?.focus());
    return () => cancelAnimationFrame(frame);
  }, []);
  useKeys([{ keys: "Escape", does: `Close the ${ONE[part.kind]}`, run: () => navigate(back) }]);
  const form = formOf(part, working);
  const target = part.kind === "targets" ? standing?.find(({ id }) => id === part.id) : undefined;
  const pause = pauses?.find(({ subject }) => subject === `${ONE[part.kind]}:${part.id}`);
  const state = target === undefined ? ofRoute(pause) : ofTarget(target);
  return (
    <section class="part-panel" aria-label={`${ONE[part.kind]} ${part.id}`}>
      <Link href={back} className="part-back">
        <ArrowLeft size={16} aria-hidden="true" /> To the table
      </Link>
      <header>
        <div>
          <p class="quiet">{ONE[part.kind]}</p>
          <h2 ref={heading} tabIndex={-1}>
            {part.id}
          </h2>
        </div>
        {state && (
          <Badge state={state.word} mood={state.mood}>
            {state.word}
          </Badge>
        )}
        {form && <PartActions part={part} working={working} />}
        <Button tone="quiet" icon={X} label="Close" onClick={() => navigate(back)} />
      </header>
      {part.kind !== "inlets" && <StandingNote part={part} target={target} pause={pause} working={working} />}
      {form === undefined ? <Gone part={part} working={working} /> : <Body form={form} working={working} />}
    </section>
  );
}

function Body({ form, working }: { form: PartForm; working: Working }) {
  const [tab, setTab] = useState("form");
  const { part, fields, errors } = form;
  const whole = wrongAsWhole(form, "");
  return (
    <>
      <Edited part={part} working={working} />
      {whole !== undefined && (
        <p class="part-wrong" role="alert">
          {whole}
        </p>
      )}
      <Tabs
        label={`How ${part.id} is shown`}
        value={tab}
        onChoose={setTab}
        tabs={[
          { id: "form", label: "Form", render: () => <Form form={form} working={working} /> },
          {
            id: "json",
            label: "JSON",
            render: () => (
              <JsonDocument
                label={`Definition of ${part.id}`}
                value={fields}
                errors={errors}
                isReadOnly={!may("config")}
                onValue={(value) => {
                  if (!isFields(value)) return "A part is an object: { … }.";
                  if (part.kind === "routes" && value["id"] !== part.id)
                    return "Its id is changed by Rename, in the menu.";
                  form.replace(value);
                  return undefined;
                }}
              />
            ),
          },
        ]}
      />
      {part.kind !== "routes" && <UsedBy part={part} working={working} />}
    </>
  );
}

function Form({ form, working }: { form: PartForm; working: Working }) {
  const { document } = working;
  return (
    // Disabled as a whole, it can be read and not changed.
    <fieldset class="part-form" disabled={!may("config")}>
      {form.part.kind === "routes" && <RouteForm form={form} document={document} />}
      {form.part.kind === "targets" && <TargetForm form={form} />}
      {form.part.kind === "inlets" && <InletForm form={form} />}
    </fieldset>
  );
}

/** That the draft has changed this part, and the way back. */
function Edited({ part, working: { document, edit } }: { part: PartRef; working: Working }) {
  const base = draft.value?.base.document;
  if (base === undefined) return null;
  const before = definitionOf(base, part);
  if (before !== undefined && JSON.stringify(before) === JSON.stringify(definitionOf(document, part))) return null;
  return (
    <p class="part-edited">
      {before === undefined ? "New in the draft" : "Changed in the draft"}
      {before !== undefined && (
        <Button tone="quiet" icon={Undo2} onClick={() => edit((table) => withPartOf(table, base, part))}>
          As it was
        </Button>
      )}
    </p>
  );
}

function UsedBy({ part, working: { document } }: { part: PartRef; working: Working }) {
  const users = usersOf(document, part.kind, part.id);
  return (
    <section class="part-users">
      <h3>Used by</h3>
      {users.length === 0 ? (
        <p class="quiet">
          {part.kind === "inlets" ? "Routes that take every inlet" : "No route: nothing is sent there."}
        </p>
      ) : (
        <ul>
          {users.map((id) => (
            <li key={id}>
              <Link href={hrefOf({ kind: "routes", id })}>{id}</Link>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** It is not in the table that is worked on; it may be in the one in force. */
function Gone({ part, working: { inForce, edit } }: { part: PartRef; working: Working }) {
  const isInForce = definitionOf(inForce.document, part) !== undefined;
  return (
    <Empty
      title={isInForce ? "The draft removes it" : `There is no ${ONE[part.kind]} of this name`}
      action={
        isInForce ? (
          <Button icon={Undo2} onClick={() => edit((table) => withPartOf(table, inForce.document, part))}>
            Put it back
          </Button>
        ) : (
          <ButtonLink href="/table">To the table</ButtonLink>
        )
      }
    >
      {isInForce ? "It is in force until the draft is published." : "It may have been renamed or removed."}
    </Empty>
  );
}
