import { arityText, type Arity, type Dialect, type Example, type OperatorInfo } from '../syntax/index.js';
import { spaced } from '../value/index.js';

/** Returns the operator reference as Markdown: the arguments, the meaning and the example results of each operator. */
export function renderReference(operators: readonly OperatorInfo[]): string {
  return operators.map(renderOperator).join('\n\n');
}

function renderOperator({ name, dialects, summary, arity, usage, examples }: OperatorInfo): string {
  const forms = dialects.map((dialect) => renderForm(dialect, usage[dialect], arity[dialect]));
  const same = usage.classic === usage.current;
  const shown = same ? [renderForm('both dialects', usage.current, arity.current)] : forms;
  return [
    `### \`${name}\``,
    '',
    summary,
    '',
    ...shown,
    '',
    '```text',
    ...examples.flatMap((example) => renderExample(example, dialects.length > 1)),
    '```',
  ].join('\n');
}

function renderForm(where: Dialect | 'both dialects', usage: string | undefined, arity: Arity | undefined): string {
  return `- ${where}: \`${usage ?? ''}\`, ${arity === undefined ? '' : arityText(arity)}`;
}

function renderExample({ dialect, script, inputs, tables, result }: Example, namesDialect: boolean): string[] {
  const only = dialect === undefined || !namesDialect ? '' : `   (${dialect})`;
  const given = inputs === undefined ? [] : [`  $inputs: ${spaced(inputs)}`];
  const kept = tables === undefined ? [] : [`  tables: ${spaced(tables)}`];
  return [`${spaced(script)}${only}`, ...given, ...kept, `  → ${spaced(result)}`];
}
