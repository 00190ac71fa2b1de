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
} from '../../json/index.js';

/**
 * Writes an event's data directly from its input line.
 *
 * @throws MISSING or ComputoError, after writing part of it
 */
export type WriteData = (text: Text, context: Json, into: ByteWriter) => void;

/** Compiles the output plan of a program. */
export function dataWriter(plan: OutputProgram, scanner: Scanner): WriteData {
  const parts = joinTexts(partsOf(plan, scanner)).map((part) => (typeof part === 'string' ? textWriter(part) : part));
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  return (text, context, into) => {
    for (let index = 0; index < parts.length; index++) parts[index]?.(text, context, into);
  };
}

/** Constant text, or a writer that depends on the event. */
type Part = string | WriteData;

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
    case 'copy': {
      const { field } = plan;
      return [
        (text, _, into) => {
          if (!copyValue(scanner, field, text, into)) throw MISSING;
        },
      ];
    }
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

function joinTexts(parts: readonly Part[]): Part[] {
  const joined: Part[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (typeof part === 'string' && typeof last === 'string') joined[joined.length - 1] = last + part;
    else joined.push(part);
  }
  return joined;
}

function textWriter(source: string): WriteData {
  const literal = textLiteral(source);
  return (_text, _context, into) => into.literal(literal);
}
