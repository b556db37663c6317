// Objects in the place of the platform's own.

/**
 * An object that has all of a platform's type that src uses, taken for one of that type. What else the type has is never
 * asked for: the rig would fail on the spot.
 */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- whoever asks says what it is to stand for
export function standIn<T>(own: object): T {
  return own as T; // as said above
}
