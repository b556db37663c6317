// Colours the expressions of what can be seen of a document.

import { syntaxTree } from "@codemirror/language";
import { Prec, RangeSetBuilder, type Extension } from "@codemirror/state";
import { Decoration, ViewPlugin, type DecorationSet, type EditorView, type ViewUpdate } from "@codemirror/view";
import { decodeString, offsetsOf, piecesOf, templatesIn, type Piece } from "./expression-spans.ts";
import type { Language } from "./insertion.ts";

/** Around a whole expression. */
const WHOLE = Decoration.mark({ class: "template" });

const MARKS: Readonly<Record<Piece["kind"], Decoration>> = {
  brace: piece("brace"),
  path: piece("path"),
  function: piece("function"),
  text: piece("text"),
  number: piece("number"),
  word: piece("word"),
  operator: piece("operator"),
};

function piece(kind: Piece["kind"]): Decoration {
  return Decoration.mark({ class: `template-${kind}` });
}

/** The extension that does it. It comes before the colours of JSON, whose texts they are in. */
export function templateColours(language: Language): Extension {
  return Prec.highest(colouring(language));
}

function colouring(language: Language): Extension {
  return ViewPlugin.fromClass(
    class {
      decorations: DecorationSet;

      constructor(view: EditorView) {
        this.decorations = colour(view, language);
      }

      update(update: ViewUpdate) {
        const isParsed = syntaxTree(update.startState) !== syntaxTree(update.state);
        if (update.docChanged || update.viewportChanged || isParsed) this.decorations = colour(update.view, language);
      }
    },
    { decorations: ({ decorations }) => decorations },
  );
}

function colour(view: EditorView, language: Language): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  const add = (text: string, offsets: readonly number[]) => {
    const put = (from: number, to: number, decoration: Decoration) => {
      const [begin, end] = [offsets[from], offsets[to]];
      if (begin !== undefined && end !== undefined && end > begin) builder.add(begin, end, decoration);
    };
    for (const template of templatesIn(text)) {
      put(template.from - 2, template.to + (template.isClosed ? 2 : 0), WHOLE);
      for (const { from, to, kind } of piecesOf(text, template)) put(from, to, MARKS[kind]);
    }
  };
  if (language === "text") {
    const text = view.state.doc.toString();
    add(text, offsetsOf(text));
    return builder.finish();
  }
  for (const range of view.visibleRanges) {
    syntaxTree(view.state).iterate({
      ...range,
      enter: ({ name, from, to }) => {
        if (name !== "String") return;
        const { text, offsets } = decodeString(view.state.sliceDoc(from + 1, to - 1), from + 1);
        add(text, offsets);
      },
    });
  }
  return builder.finish();
}
