import { maskSecrets } from '../../../config/env/index.js';
import { stringifyJson, type JsonChange } from '../../../json/index.js';
import type { CaseResult, Problem } from '../../../jobs/test/index.js';

const VALUE_MAX = 300;
/** The most changes of a problem that are shown. */
const CHANGES_MAX = 20;

/** `expected → actual`, with the place first. */
export function changeText({ pointer, from, to }: JsonChange): string {
  const shown = (value: JsonChange['from']): string =>
    value === undefined ? '(nothing)' : shortened(maskSecrets(stringifyJson(value)));
  return `${pointer === '' ? '(all)' : pointer}: ${shown(from)} → ${shown(to)}`;
}

/** A problem as lines: the sentence, and below it what differs. */
export function problemLines({ message, changes = [] }: Problem): readonly string[] {
  const more = changes.length - CHANGES_MAX;
  return [
    maskSecrets(message),
    ...changes.slice(0, CHANGES_MAX).map((change) => `  ${changeText(change)}`),
    ...(more > 0 ? [`  … and ${more} more`] : []),
  ];
}

/** `3 passed, 1 failed, 1 skipped`. */
export function countsText(results: readonly CaseResult[]): string {
  const count = (outcome: CaseResult['outcome']): number => results.filter((one) => one.outcome === outcome).length;
  const [failed, skipped] = [count('failed'), count('skipped')];
  return [
    `${count('passed')} passed`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ].join(', ');
}

function shortened(text: string): string {
  return text.length > VALUE_MAX ? `${text.slice(0, VALUE_MAX)}…` : text;
}
