// One of a few, all of them in sight: the time that is looked at, the way something is shown.

import { useId } from "preact/hooks";
import "./segmented.css";

/** A row of choices, which the arrow keys go through. */
export function Segmented<T extends string>({
  label,
  value,
  options,
  onChoose,
}: {
  /** For screen readers; what it chooses is seen. */
  label: string;
  value: T;
  options: readonly (readonly [value: T, label: string])[];
  onChoose: (value: T) => void;
}) {
  const name = useId();
  return (
    <fieldset class="segmented">
      <legend class="visually-hidden">{label}</legend>
      {options.map(([of, said]) => (
        <label key={of}>
          <input type="radio" name={name} value={of} checked={of === value} onChange={() => onChoose(of)} />
          <span>{said}</span>
        </label>
      ))}
    </fieldset>
  );
}
