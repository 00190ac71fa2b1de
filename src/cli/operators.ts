import { operators, type OperatorInfo } from 'computo-js';
import { didYouMean } from '../config/diagnostic/index.js';
import { stringifyJson } from '../json/index.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { UserError } from './user-error.js';

/**
 * Prints the operators, one a line, or one of them whole.
 *
 * @param dialect only those of this dialect
 * @throws UserError for an unknown name or dialect
 */
export function showOperators(name: string | undefined, dialect: string | undefined): ExitCode {
  if (dialect !== undefined && dialect !== 'classic' && dialect !== 'current') {
    throw new UserError(`no dialect ${JSON.stringify(dialect)}`, EXIT.usage, 'the dialects are classic and current');
  }
  const known = operators.filter((operator) => dialect === undefined || operator.dialects.includes(dialect));
  if (name === undefined) {
    const width = Math.max(...known.map((operator) => operator.name.length));
    for (const { name: label, dialects, summary } of known) {
      const mark = dialects.length === 2 ? '' : ` (${dialects.join()} only)`;
      process.stdout.write(`${label.padEnd(width)}  ${summary}${mark}\n`);
    }
    return EXIT.ok;
  }
  const operator = known.find((one) => one.name === name);
  if (operator === undefined) {
    const names = known.map((one) => one.name);
    throw new UserError(
      `no operator ${JSON.stringify(name)}`,
      EXIT.usage,
      didYouMean(name, names) ?? 'colloquium operators lists them',
    );
  }
  process.stdout.write(explain(operator));
  return EXIT.ok;
}

function explain({ name, dialects, summary, arity, examples }: OperatorInfo): string {
  const takes = dialects.map((dialect) => `${dialect}: ${arityText(arity[dialect])}`).join('; ');
  const lines = [name, `  ${summary}`, '', `  Arguments  ${takes}`, '', '  Examples'];
  for (const example of examples) {
    const input = example.inputs === undefined ? '' : `   with input ${example.inputs.map(stringifyJson).join(', ')}`;
    const mark = example.dialect === undefined ? '' : `   (${example.dialect})`;
    lines.push(`    ${stringifyJson(example.script)}${input}${mark}`, `      → ${stringifyJson(example.result)}`);
  }
  return `${lines.join('\n')}\n`;
}

function arityText(arity: OperatorInfo['arity'][keyof OperatorInfo['arity']]): string {
  if (arity === undefined) return 'none';
  const { min, max } = arity;
  if (max === null) return `${min} or more`;
  return min === max ? String(min) : `${min} to ${max}`;
}
