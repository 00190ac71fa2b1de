import { brokenPlaceholder, type Json } from 'computo-js';
import { isMap } from '../../ai/request/index.js';
import type { MemberProblem, TextProblem } from '../../config/kinds/index.js';
import { nearPlaceholder } from '../../config/script/index.js';

const SHOWN_MAX = 40;

/** Returns the problems of a template's placeholders. */
export function placeholdersIn(template: Json, path: readonly string[]): readonly MemberProblem[] {
  if (Array.isArray(template)) {
    return template.flatMap((item: Json, i) => placeholdersIn(item, [...path, String(i)]));
  }
  if (isMap(template)) return Object.entries(template).flatMap(([key, one]) => placeholdersIn(one, [...path, key]));
  const problem = typeof template === 'string' ? placeholderProblem(template) : undefined;
  return problem === undefined ? [] : [{ path, code: 'invalid-value', ...problem }];
}

/** Returns the problem of the first broken placeholder of a text, or of the first part that is almost one. */
export function placeholderProblem(template: string): TextProblem | undefined {
  const broken = brokenPlaceholder(template);
  if (broken === undefined) return nearProblem(template);
  const { text, why } = broken;
  const [line = ''] = text.split('\n');
  const shown = line.length > SHOWN_MAX ? `${line.slice(0, SHOWN_MAX)}…` : line;
  if (why === 'open') return { message: `a placeholder has no end: ${shown}`, hint: 'close it: ${/pointer}' };
  const hint = text.includes(':-') ? 'what stands behind :- is text as it is' : 'close the first one: ${/pointer}';
  return { message: `a placeholder stands in another one: ${shown}`, hint };
}

function nearProblem(template: string): TextProblem | undefined {
  const near = nearPlaceholder(template);
  if (near === undefined) return undefined;
  const { text, meant = '${/pointer}' } = near;
  return {
    severity: 'warning',
    code: 'no-placeholder',
    message: `${text} is no placeholder, and stays in the text as it is`,
    hint: `a placeholder is a pointer to the data: ${meant}`,
  };
}
