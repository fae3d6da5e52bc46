/** Makes something when it is first needed: the first format of times alone keeps a first frame waiting for 15 ms. */
export function once<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
