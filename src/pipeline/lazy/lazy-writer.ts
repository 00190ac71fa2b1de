import { isTruthy, MISSING, type Json, type OutputProgram } from 'computo-js';
import {
  copyText,
  copyValue,
  isNullOrMissing,
  textLiteral,
  stringifyJson,
  type ByteWriter,
  type Scanner,
  type Text,
  type TextLiteral,
} from '../../json/index.js';

/**
 * Writes an event's data directly from its input line.
 *
 * @throws MISSING or ComputoError, after writing part of it
 */
export type WriteData = (text: Text, context: Json, into: ByteWriter) => void;

/** Compiles the output plan of a program. */
export function dataWriter(plan: OutputProgram, scanner: Scanner): WriteData {
  const { heads, fields, writers, tail } = stepsOf(partsOf(plan, scanner));
  return (text, context, into) => {
    // Runs once per field: copies are done here, because calling a closure for each takes longer than most of them.
    for (let step = 0; step < heads.length; step++) {
      into.literal(heads[step] as TextLiteral);
      const field = fields[step] as number;
      if (field < 0) writers[step]?.(text, context, into);
      else if (!copyValue(scanner, field, text, into)) throw MISSING;
    }
    into.literal(tail);
  };
}

/** Constant text, the number of a field that is copied, or a writer that depends on the event. */
type Part = string | number | WriteData;

/** What is written one after the other: each step is a text, and behind it a field or what a writer writes; then the tail. */
interface Steps {
  readonly heads: readonly TextLiteral[];
  /** −1: there is a writer. */
  readonly fields: readonly number[];
  readonly writers: readonly (WriteData | undefined)[];
  readonly tail: TextLiteral;
}

function stepsOf(parts: readonly Part[]): Steps {
  const heads: TextLiteral[] = [];
  const fields: number[] = [];
  const writers: (WriteData | undefined)[] = [];
  let head = '';
  for (const part of parts) {
    if (typeof part === 'string') {
      head += part;
      continue;
    }
    heads.push(textLiteral(head));
    fields.push(typeof part === 'number' ? part : -1);
    writers.push(typeof part === 'number' ? undefined : part);
    head = '';
  }
  return { heads, fields, writers, tail: textLiteral(head) };
}

function partsOf(plan: OutputProgram, scanner: Scanner): Part[] {
  switch (plan.kind) {
    case 'constant':
      return [stringifyJson(plan.value)];
    case 'array':
      return ['[', ...plan.items.flatMap((item, index) => [index === 0 ? '' : ',', ...partsOf(item, scanner)]), ']'];
    case 'object': {
      const members = plan.members.flatMap(([key, value], index) => [
        `${index === 0 ? '' : ','}${JSON.stringify(key)}:`,
        ...partsOf(value, scanner),
      ]);
      return ['{', ...members, '}'];
    }
    case 'copy':
      return [plan.field];
    case 'first': {
      const { fields } = plan;
      const otherwise = dataWriter(plan.otherwise, scanner);
      return [
        (text, context, into) => {
          for (let index = 0; index < fields.length; index++) {
            const field = fields[index] ?? 0;
            if (isNullOrMissing(scanner, field, text)) continue;
            copyValue(scanner, field, text, into);
            return;
          }
          otherwise(text, context, into);
        },
      ];
    }
    case 'choice': {
      const { condition } = plan;
      const then = dataWriter(plan.then, scanner);
      const otherwise = dataWriter(plan.else, scanner);
      return [(text, context, into) => (isTruthy(condition(context)) ? then : otherwise)(text, context, into)];
    }
    case 'text':
      return [joinedText(plan, scanner)];
    case 'compute': {
      const { compute } = plan;
      return [(_, context, into) => writeValue(compute(context), into)];
    }
  }
}

/** Joins texts as they are in the line: the contents of JSON strings can be concatenated without their quotes. */
function joinedText({ parts, otherwise }: Extract<OutputProgram, { kind: 'text' }>, scanner: Scanner): WriteData {
  const quote = textLiteral('"');
  const pieces = parts.map((part) =>
    typeof part === 'string' ? textLiteral(JSON.stringify(part).slice(1, -1)) : part.field,
  );
  return (text, context, into) => {
    const start = into.length;
    into.literal(quote);
    for (let index = 0; index < pieces.length; index++) {
      const piece = pieces[index];
      if (typeof piece === 'object') into.literal(piece);
      else if (piece !== undefined && !copyText(scanner, piece, text, into)) {
        into.truncateTo(start);
        writeValue(otherwise(context), into);
        return;
      }
    }
    into.literal(quote);
  };
}

function writeValue(value: Json, into: ByteWriter): void {
  if (typeof value === 'number') into.number(value);
  else if (typeof value === 'string') into.quoted(value);
  else into.text(stringifyJson(value));
}
