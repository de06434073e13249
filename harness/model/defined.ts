/** `T` as it is when its properties that may be undefined are left out instead. */
export type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/**
 * The properties that have a value: an optional property that is absent and one that is undefined are two things where
 * objects are stored, compared or hashed. Use as `{ name, ...defined({ version, size }) }`.
 */
export function defined<T extends object>(values: T): Defined<T> {
  // A loop: it is called for every line of a mail.
  const found: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(values)) if (value !== undefined) found[name] = value;
  return found as Defined<T>;
}
