import { shorten } from '../../value/index.js';
import { OptionProblem } from '../option.js';
import type { Pattern } from './pattern.js';

/** What replaces a match: texts, and groups by number. */
export type Replacement = readonly (string | number)[];

/** Matches `$$`, `$1` and `${name}`. Any other `$` is literal. */
const REFERENCE = /\$(?:(\$)|(\d{1,5})|\{(\w+)\})/g;

/**
 * Reads a replacement. After a `$`, as many digits are read as form the number of an existing group.
 *
 * @throws OptionProblem for a group that the pattern does not have
 */
export function readReplacement(text: string, { regex }: Pattern): Replacement {
  const groupsMax = regex.groupCount();
  const named = regex.namedGroups();
  const parts: (string | number)[] = [];
  let from = 0;
  for (const { 0: whole, 1: dollar, 2: digits, 3: name, index } of text.matchAll(REFERENCE)) {
    parts.push(text.slice(from, index));
    from = index + whole.length;
    if (dollar !== undefined) {
      parts.push(dollar);
    } else if (digits !== undefined) {
      const length = digitsRead(digits, groupsMax);
      if (length === 0) throw noGroup(whole, groupsMax);
      parts.push(Number(digits.slice(0, length)), digits.slice(length));
    } else {
      const group = named[name ?? ''] ?? Number(name);
      if (!(group <= groupsMax)) throw noGroup(whole, groupsMax);
      parts.push(group);
    }
  }
  parts.push(text.slice(from));
  return parts.filter((part) => part !== '');
}

function digitsRead(digits: string, groupsMax: number): number {
  let length = 0;
  while (length < digits.length && Number(digits.slice(0, length + 1)) <= groupsMax) length += 1;
  return length;
}

function noGroup(reference: string, groupsMax: number): OptionProblem {
  const has = groupsMax === 0 ? 'no groups' : groupsMax === 1 ? '1 group' : `${groupsMax} groups`;
  const problem = `the pattern has ${has}, and not the one that ${JSON.stringify(shorten(reference))} refers to`;
  return new OptionProblem(`${problem}. A dollar sign is written "$$"`);
}
