import { arrayOf, compileArgument, countSteps, countUnits, textOf, type Run } from '../../../compile/index.js';
import {
  array,
  defineOperator,
  inBoth,
  invalidArgument,
  takesUpTo,
  value,
  type Call,
  type Node,
} from '../../../syntax/index.js';
import { describe, isArray, isObject, nearestName, spendText, type Json } from '../../../value/index.js';
import { KINDS } from './kinds.js';
import { joined, type FindSpans } from './span.js';

const HIDDEN = '***';
const UNITS_PER_SPAN = 24;
const NAMES = [...KINDS.keys()].join(', ');

export const redact = defineOperator('text.redact', () => ({
  summary: `The text with \`${HIDDEN}\`, or another text, in place of all data of some kinds: ${NAMES}. Cards and IBANs count only with the right check digits, phone numbers only in international form.`,
  signatures: inBoth(takesUpTo(1, value('text', 'string'), array('kinds'), value('by', 'string'))),
  returns: 'string',
  work: ['text'],
  examples: [
    {
      script: ['text.redact', 'ada@x.org paid with 4111 1111 1111 1111', { array: ['email', 'card'] }],
      result: '*** paid with ***',
    },
    { script: ['text.redact', 'from 10.0.0.1', { array: ['ip'] }, '[ip]'], result: 'from [ip]' },
  ],
  compile(call, compiler) {
    const textGiven = compileArgument(call, 0, compiler);
    const kindsGiven = compileArgument(call, 1, compiler);
    const byGiven = call.arguments.length > 2 ? compileArgument(call, 2, compiler) : undefined;
    return (run, scope) => {
      const text = textOf(textGiven(run, scope), call, 0);
      const kinds = arrayOf(kindsGiven(run, scope), call, 1);
      const by = byGiven === undefined ? HIDDEN : textOf(byGiven(run, scope), call, 2);
      run.at = call.place;
      countSteps(run, kinds.length, call.place);
      return redacted(
        text,
        kinds.map((kind) => finderOf(kind, call)),
        by,
        call,
        run,
      );
    };
  },
  check(call, report) {
    const argument = call.arguments[1];
    for (const kind of kindsWritten(argument)) {
      const problem = problemWith(kind);
      if (problem !== undefined)
        report({ code: 'unknown-kind', place: argument?.place ?? call.place, message: problem });
    }
  },
}));

function redacted(text: string, finders: readonly FindSpans[], by: string, call: Call, run: Run): string {
  const spans = joined(
    finders.flatMap((find) => {
      spendText(run, text.length);
      return find(text, run);
    }),
  );
  if (spans.length === 0) return text;
  countUnits(run, text.length + spans.length * (UNITS_PER_SPAN + by.length), call.place);
  let from = 0;
  const pieces = spans.map(({ start, end }) => {
    const piece = text.slice(from, start);
    from = end;
    return piece;
  });
  return [...pieces, text.slice(from)].join(by);
}

function finderOf(kind: Json, call: Call): FindSpans {
  const found = typeof kind === 'string' ? KINDS.get(kind) : undefined;
  if (found === undefined) throw invalidArgument(call.place, problemWith(kind) ?? '');
  return found;
}

function problemWith(kind: Json): string | undefined {
  if (typeof kind !== 'string')
    return `'text.redact' needs an array of strings as its kinds, got ${describe(kind)} in it`;
  if (KINDS.has(kind)) return undefined;
  const nearest = nearestName(kind, KINDS.keys());
  const hint = nearest === undefined ? `The kinds are ${NAMES}.` : `Did you mean ${JSON.stringify(nearest)}?`;
  return `'text.redact' knows no kind ${JSON.stringify(kind)}. ${hint}`;
}

/** The kinds in a literal list, whose elements are expressions in the classic dialect. */
function kindsWritten(argument: Node | undefined): readonly Json[] {
  if (argument?.type === 'list') {
    return argument.elements.flatMap((element) => (element.type === 'constant' ? [element.value] : []));
  }
  if (argument?.type !== 'constant') return [];
  const { value } = argument;
  if (isArray(value)) return value;
  const list = isObject(value) ? value['array'] : undefined;
  return list !== undefined && isArray(list) ? list : [];
}
