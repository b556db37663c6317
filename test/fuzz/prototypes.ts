// Whether reading a body has left something on objects that everybody shares.

const SHARED: readonly object[] = [
  Object.prototype,
  Array.prototype,
  Function.prototype,
  String.prototype,
  Number.prototype,
  Boolean.prototype,
  Map.prototype,
  Set.prototype,
  RegExp.prototype,
  Uint8Array.prototype,
  Object,
  Array,
  JSON,
];

/** The own properties of shared objects at one moment. */
export type Snapshot = ReadonlyMap<object, ReadonlyMap<PropertyKey, PropertyDescriptor>>;

/** The own properties of shared objects now. */
export function takeSnapshot(): Snapshot {
  return new Map(SHARED.map((shared) => [shared, propertiesOf(shared)]));
}

/** What is no longer as it was, as sentences. */
export function problemsSince(snapshot: Snapshot): string[] {
  const problems: string[] = [];
  for (const [shared, before] of snapshot) {
    const now = propertiesOf(shared);
    const gone = [...before.keys()].filter((key) => !now.has(key));
    const changed = [...now].filter(([key, property]) => !isSame(property, before.get(key))).map(([key]) => key);
    for (const key of [...gone, ...changed]) problems.push(`a shared object's ${String(key)} has changed`);
  }
  const fresh: object = {};
  for (const name in fresh) problems.push(`a new object has ${name}`); // inherited ones too, which is the point
  if (Reflect.ownKeys(fresh).length > 0) problems.push("a new object has keys of its own");
  return problems;
}

function propertiesOf(shared: object): Map<PropertyKey, PropertyDescriptor> {
  return new Map(
    Reflect.ownKeys(shared).flatMap((key) => {
      const property = Object.getOwnPropertyDescriptor(shared, key);
      return property === undefined ? [] : [[key, property]];
    }),
  );
}

function isSame(property: PropertyDescriptor, before: PropertyDescriptor | undefined): boolean {
  return before !== undefined && Object.entries(property).every(([key, part]) => part === Reflect.get(before, key));
}
