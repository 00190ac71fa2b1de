import type { Option } from 'commander';

const repeatables = new WeakSet<Option>();

/** Whether an option collects its values; of any other the last one would win silently. */
export function isRepeatable(option: Option): boolean {
  return repeatables.has(option);
}

/** An option that may be given several times. @param read the value that a text means, among those before it */
export function repeatable<T>(option: Option, read: (text: string, before: readonly T[]) => T): Option {
  repeatables.add(option);
  return option.argParser((text: string, before?: readonly T[]) => [...(before ?? []), read(text, before ?? [])]);
}
