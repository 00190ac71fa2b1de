import type { Json } from 'computo-js';
import { isMap } from '../../ai/request/index.js';
import type { MemberProblem } from '../../config/kinds/index.js';

/** What a plain map stands for, such as `request`, and how a script would write the whole. */
export interface WrittenWhole {
  readonly what: string;
  readonly asScript: string;
}

/** Finds lists that look like calls because they begin with a text. Nothing in a plain map is evaluated, so they are not calls. */
export function callsIn(value: Json, path: readonly string[], whole: WrittenWhole): readonly MemberProblem[] {
  if (Array.isArray(value)) {
    const [head, pointer] = value as readonly Json[];
    if (typeof head !== 'string') return value.flatMap((item: Json, i) => callsIn(item, [...path, String(i)], whole));
    const isField = head === '$input' && value.length === 2 && typeof pointer === 'string';
    const hint = isField
      ? `write '\${${pointer}}'`
      : `write the whole ${whole.what} as a script, in quotes: '${whole.asScript}'`;
    const message = `a map is a template, in which ${JSON.stringify(head)} calls nothing`;
    return [{ path, code: 'quoted-call', message, hint }];
  }
  if (!isMap(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => callsIn(inner, [...path, key], whole));
}
