import type { ProcessIdentity } from '../../world/index.js';

/**
 * A process as others can recognise it, in one line: its identity, and the name of the sign of life that it keeps in the folder of the
 * store. A number alone would be mistaken for its next bearer.
 */
export type Owner = string;

const ABSENT = '-';

/** @param sign undefined: it keeps none */
export function ownerOf(process: ProcessIdentity, sign?: string): Owner {
  const { host, machine, boot, namespace, pid, started } = process;
  return [host, machine, boot, namespace, String(pid), started, sign]
    .map((part) => (part === undefined || part === '' ? ABSENT : part.replaceAll(/\s/g, '_')))
    .join(' ');
}

/** @returns undefined for what is no owner */
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
