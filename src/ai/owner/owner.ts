import type { ProcessIdentity } from '../../world/index.js';

/**
 * Identifies a process to others, in one line: its identity, and the name of its sign of life in the store's
 * folder. A pid alone could be mistaken for a later process.
 */
export type Owner = string;

const ABSENT = '-';

/** @param sign undefined if the process has none */
export function ownerOf(process: ProcessIdentity, sign?: string): Owner {
  const { host, machine, boot, namespace, pid, started } = process;
  return [host, machine, boot, namespace, String(pid), started, sign]
    .map((part) => (part === undefined || part === '' ? ABSENT : part.replaceAll(/\s/g, '_')))
    .join(' ');
}

/** @returns undefined when the text is not an owner */
export function parseOwner(owner: Owner): { readonly process: ProcessIdentity; readonly sign?: string } | undefined {
  const [host = '', machine, boot, namespace, pid, started, sign, ...rest] = owner.split(' ');
  if (sign === undefined || rest.length > 0) return undefined;
  const given = <K extends string>(name: K, text: string | undefined): Partial<Record<K, string>> =>
    text === undefined || text === ABSENT ? {} : ({ [name]: text } as Record<K, string>);
  return {
    process: {
      host,
      ...given('machine', machine),
      ...given('boot', boot),
      ...given('namespace', namespace),
      pid: Number(pid),
      ...given('started', started),
    },
    ...given('sign', sign),
  };
}
