import { spendSteps, type Effort } from '../../../value/index.js';
import { isWord, spendCandidate, type RedactedSpan } from './span.js';

/** Not part of a longer number, name or version. */
const IPV4 = /(?<![\w.])\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?!\w|\.\d)/g;
const OCTET_MAX = 255;

/** The characters of an IPv6 address, whose last 32 bits may be written as IPv4. */
const IPV6_CHARACTERS = /[0-9A-Fa-f:.]+/g;
/** The cost of finding a run of these characters. */
const STEPS_PER_RUN = 8;
const IPV6_LENGTH_MAX = 45;
const IPV6_GROUPS = 8;

/** Finds IP addresses, v4 and v6. */
export function findIps(text: string, effort: Effort): RedactedSpan[] {
  return [...findV4(text, effort), ...findV6(text, effort)];
}

function findV4(text: string, effort: Effort): RedactedSpan[] {
  const spans: RedactedSpan[] = [];
  for (const { 0: found, index } of text.matchAll(IPV4)) {
    spendCandidate(effort);
    if (isV4(found)) spans.push({ start: index, end: index + found.length });
  }
  return spans;
}

function isV4(text: string): boolean {
  const octets = text.split('.');
  return octets.length === 4 && octets.every((octet) => /^\d{1,3}$/.test(octet) && Number(octet) <= OCTET_MAX);
}

function findV6(text: string, effort: Effort): RedactedSpan[] {
  if (!text.includes(':')) return [];
  const spans: RedactedSpan[] = [];
  for (const { 0: found, index } of text.matchAll(IPV6_CHARACTERS)) {
    spendSteps(effort, STEPS_PER_RUN);
    const { start, end } = ownPart(text, index, index + found.length);
    if (end - start > IPV6_LENGTH_MAX) continue;
    const address = text.slice(start, end);
    // Most candidates are a time, or a word before a colon.
    if (address.indexOf(':') === address.lastIndexOf(':')) continue;
    spendCandidate(effort);
    if (isV6(address)) spans.push({ start, end });
  }
  return spans;
}

/** Returns a run without a name that ends or begins in it, as in `node:fe80::1`, and without the punctuation of the sentence around it. */
function ownPart(text: string, from: number, to: number): RedactedSpan {
  let start = from;
  let end = to;
  if (isWord(text.charAt(from - 1))) start = nextColon(text, from, to) + 1;
  if (isWord(text.charAt(to))) end = Math.max(start, text.lastIndexOf(':', to - 1));
  while (end > start && text.charAt(end - 1) === '.') end -= 1;
  if (text.charAt(end - 1) === ':' && text.charAt(end - 2) !== ':') end -= 1;
  if (text.charAt(start) === ':' && text.charAt(start + 1) !== ':') start += 1;
  return { start, end };
}

function nextColon(text: string, from: number, to: number): number {
  const colon = text.indexOf(':', from);
  return colon === -1 || colon >= to ? to - 1 : colon;
}

/** Eight groups of hex digits. A single `::` stands for any number of zero groups. */
function isV6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2 || text === '::') return false;
  const parts = halves.map((half) => (half === '' ? [] : half.split(':')));
  const last = parts.at(-1) ?? [];
  const tail = last.at(-1);
  const endsWithV4 = tail?.includes('.') === true;
  if (endsWithV4 && !isV4(last.pop() ?? '')) return false;
  const groups = parts.flat();
  if (!groups.every((group) => /^[0-9A-Fa-f]{1,4}$/.test(group))) return false;
  const count = groups.length + (endsWithV4 ? 2 : 0);
  return halves.length === 2 ? count < IPV6_GROUPS : count === IPV6_GROUPS;
}
