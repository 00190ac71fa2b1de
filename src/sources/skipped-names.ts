import { isUtf8 } from 'node:buffer';
import type { FileStats } from '../files/index.js';

const LINE_BREAK = /[\n\r\u2028\u2029]/;

/** Endings that editors and other programs give to unfinished files. */
const UNFINISHED = ['~', '.tmp'];

/** Decides which names in a watched folder are files to read. */
export interface NameRule {
  /** Whether the name matches a pattern. */
  matches(name: string): boolean;
  /** Why a file is skipped although its name matches; undefined: it is not skipped. */
  reasonAgainst(name: string): string | undefined;
}

/**
 * @param patterns of file names; `*` stands for any characters. A pattern that ends in `.tmp` or `~`, or begins with a dot,
 *   selects such files
 */
export function nameRule(patterns: readonly string[]): NameRule {
  const matchers = patterns.map((pattern) => ({ pattern, whole: wholeName(pattern) }));
  const reason = (name: string, pattern: string): string | undefined => {
    if (LINE_BREAK.test(name)) return 'its name has a line break';
    if (name.startsWith('.') && !pattern.startsWith('.')) return 'its name begins with a dot';
    const ending = UNFINISHED.find((end) => name.endsWith(end));
    return ending === undefined || pattern.endsWith(ending) ? undefined : `its name ends in ${ending}`;
  };
  return {
    matches: (name) => matchers.some(({ whole }) => whole.test(name)),
    reasonAgainst(name) {
      const reasons = matchers.filter(({ whole }) => whole.test(name)).map(({ pattern }) => reason(name, pattern));
      return reasons.includes(undefined) ? undefined : reasons[0];
    },
  };
}

/** Decodes a name from the folder's listing. @returns undefined if it is not valid UTF-8 */
export function nameText(name: Buffer): string | undefined {
  return isUtf8(name) ? name.toString() : undefined;
}

/** Why an entry of a watched folder is not read; undefined: it is a regular file. */
export function reasonByKind(kind: FileStats['kind']): string | undefined {
  switch (kind) {
    case 'file':
      return undefined;
    case 'link':
      return 'it is a symbolic link';
    case 'folder':
      return 'it is a folder';
    case 'other':
      return 'it is not a regular file';
  }
}

function wholeName(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}
