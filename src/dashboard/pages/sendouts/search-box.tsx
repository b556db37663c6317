// The box that takes whatever somebody has: an id out of another system's log, an e-mail, a voucher's code. It says what it
// takes it for before it does.

import type { RefObject } from "preact";
import { useState } from "preact/hooks";
import { Search } from "lucide-preact";
import { FIELDS } from "./filter.ts";
import { meaningsOf, type Meaning } from "./recognise-text.ts";
import { useId } from "../../components/use-id.ts";
import "./search-box.css";

/** The box. Enter does the first of what it offers. */
export function SearchBox({
  input,
  onMeant,
}: {
  input: RefObject<HTMLInputElement>;
  onMeant: (meaning: Meaning) => void;
}) {
  const [text, setText] = useState("");
  const hintId = useId();
  const meanings = meaningsOf(text);
  const [first] = meanings;
  const choose = (meaning: Meaning) => {
    setText("");
    input.current?.blur();
    onMeant(meaning);
  };
  return (
    <form
      role="search"
      class="search-box"
      onSubmit={(event) => {
        event.preventDefault();
        if (first !== undefined) choose(first);
      }}
    >
      <Search size={16} aria-hidden="true" />
      <input
        ref={input}
        class="input"
        type="search"
        aria-label="Find by id, customer or voucher"
        aria-describedby={hintId}
        placeholder="Paste an id, e-mail or voucher code"
        autoComplete="off"
        spellcheck={false}
        maxLength={500}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          event.stopPropagation();
          setText("");
          event.currentTarget.blur();
        }}
      />
      <kbd aria-hidden="true">/</kbd>
      <div id={hintId} class="search-meanings" role="status" hidden={first === undefined}>
        {meanings.map((meaning, index) => (
          <button key={describeMeaning(meaning)} type="button" onClick={() => choose(meaning)}>
            {describeMeaning(meaning)}
            {index === 0 && <kbd>Enter</kbd>}
          </button>
        ))}
      </div>
    </form>
  );
}

function describeMeaning(meaning: Meaning): string {
  switch (meaning.kind) {
    case "sendout":
      return `Open the sendout ${meaning.id}`;
    case "replay":
      return `Open the replay ${meaning.id}`;
    case "field":
      return `${FIELDS[meaning.field].label}: ${meaning.value}`;
  }
}
