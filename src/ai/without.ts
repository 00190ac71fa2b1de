/** A copy of an object without some of its keys. None is deleted: V8 is slow ever after with an object that has lost one. */
export function without<T extends object, K extends keyof T>(object: T, ...keys: readonly K[]): Omit<T, K> {
  const isLeft = ([key]: readonly [string, unknown]): boolean => !keys.some((left) => left === key);
  return Object.fromEntries(Object.entries(object).filter(isLeft)) as Omit<T, K>;
}
