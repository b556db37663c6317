// Where an expression in a template string ends. Apart from the rest, because editors ask it of what does not compile yet. Pure.

/** Where the `}}` is that ends an expression: not inside its texts, nor the end of an object in it. -1 where there is none. */
export function endOfExpression(text: string, start: number): number {
  let depth = 0;
  for (let index = start; index < text.length; index++) {
    const character = text.charAt(index);
    if ("\"'`".includes(character)) {
      const closed = endOfQuote(text, index);
      if (closed === -1) return text.indexOf("}}", index);
      index = closed;
    } else if (character === "{") depth++;
    else if (character === "}") {
      if (depth === 0 && text.charAt(index + 1) === "}") return index;
      depth = Math.max(0, depth - 1);
    }
  }
  return -1;
}

function endOfQuote(text: string, start: number): number {
  const quote = text.charAt(start);
  for (let index = start + 1; index < text.length; index++) {
    if (text.charAt(index) === "\\" && quote !== "`") index++;
    else if (text.charAt(index) === quote) return index;
  }
  return -1;
}
