import type { Option } from 'commander';

const repeatables = new WeakSet<Option>();

/** Whether an option collects its values; for any other option, the last value would silently win. */
export function isRepeatable(option: Option): boolean {
  return repeatables.has(option);
}

/** Makes an option that may be given several times. @param read parses a text, given the values before it */
export function repeatable<T>(option: Option, read: (text: string, before: readonly T[]) => T): Option {
  repeatables.add(option);
  return option.argParser((text: string, before?: readonly T[]) => [...(before ?? []), read(text, before ?? [])]);
}
