import { invalidArgument, type Call, type Report } from '../../syntax/index.js';

/** @throws ComputoError `InvalidArgument` for an empty text, which can't be searched for */
export function notEmpty(text: string, call: Call, index: number): string {
  if (text !== '') return text;
  throw invalidArgument(call.place, problemOf(call, index));
}

/** Reports a literal empty text. */
export function reportEmpty(call: Call, index: number, report: Report): void {
  const argument = call.arguments[index];
  if (argument?.type !== 'constant' || argument.value !== '') return;
  report({ code: 'empty-text', place: argument.place, message: problemOf(call, index) });
}

function problemOf({ operator }: Call, index: number): string {
  return `'${operator.name}' needs a string that is not empty as argument ${index + 1}, got ""`;
}
