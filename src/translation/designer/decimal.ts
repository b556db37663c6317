// Whether a number survives being read: JSON's numbers have any length, JavaScript's about 16 digits.

/** The number that a literal stands for; undefined when reading it would change it, as it does 12345678901234567890. */
export function readExactly(literal: string): number | undefined {
  const value = Number(literal) + 0; // -0 and 0 are the same to JSON's readers
  return Number.isFinite(value) && decimalOf(String(value)) === decimalOf(literal) ? value : undefined;
}

/** A decimal in one form: sign, digits without zeros around them, and the power of ten of the last one. */
function decimalOf(literal: string): string {
  const isNegative = literal.startsWith("-");
  const [mantissa = "", exponent = "0"] = literal
    .slice(isNegative ? 1 : 0)
    .toLowerCase()
    .split("e");
  const [whole = "", fraction = ""] = mantissa.split(".");
  const digits = whole + fraction;
  let [start, end] = [0, digits.length];
  while (digits.charAt(start) === "0") start++;
  while (end > start && digits.charAt(end - 1) === "0") end--;
  if (start === end) return "0";
  const power = Number(exponent) - fraction.length + digits.length - end;
  return `${isNegative ? "-" : ""}${digits.slice(start, end)}e${power}`;
}
