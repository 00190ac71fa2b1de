import { operatorGroups, operators, searchOperators, type Dialect, type OperatorInfo } from 'computo-js';
import { printText } from '../../computo-js/text-form/index.js';
import { didYouMean } from '../../config/diagnostic/index.js';
import { stringifyJson } from '../../json/index.js';
import { EXIT, type ExitCode } from '../exit/exit-codes.js';
import { UserError } from '../exit/user-error.js';
import { wrapped } from '../terminal/wrapped.js';

export interface OperatorFlags {
  readonly dialect?: string;
  readonly search?: string;
}

/**
 * Lists the operators by family, explains an operator or a family, or searches for a word.
 *
 * @throws UserError for an unknown name or dialect, or a word that matches nothing
 */
export async function showOperators(name: string | undefined, { dialect, search }: OperatorFlags): Promise<ExitCode> {
  if (dialect !== undefined && dialect !== 'classic' && dialect !== 'current') {
    throw new UserError(`no dialect ${JSON.stringify(dialect)}`, EXIT.usage, 'the dialects are classic and current');
  }
  if (name !== undefined && search !== undefined) throw new UserError('--search takes no name', EXIT.usage);
  const isKnown = (operator: OperatorInfo): boolean => dialect === undefined || operator.dialects.includes(dialect);
  process.stdout.write(await textFor(name, search, dialect, isKnown));
  return EXIT.ok;
}

type IsKnown = (operator: OperatorInfo) => boolean;

async function textFor(
  name: string | undefined,
  search: string | undefined,
  dialect: string | undefined,
  isKnown: IsKnown,
): Promise<string> {
  if (search !== undefined) return found(search, isKnown);
  if (name !== undefined) return await explained(name, isKnown);
  return dialect === undefined ? families() : listed(operators().filter(isKnown));
}

/** Formats each family on one or more lines. */
function families(): string {
  const groups = operatorGroups().map(({ title, operators: all }) => ({
    title,
    names: verbsOf(title, all),
  }));
  const width = Math.max(...groups.map(({ title }) => title.length)) + 2;
  const lines = groups.map(({ title, names }) => wrapped(title.padEnd(width), names));
  return `${lines.join('\n')}

  colloquium operators text         explains a family
  colloquium operators text.split   explains an operator
  colloquium operators --search date
`;
}

/** The names of a family's operators without the family's name, which stands before them. */
function verbsOf(title: string, all: readonly OperatorInfo[]): readonly string[] {
  return all.map(({ name }) => (name.startsWith(`${title}.`) ? name.slice(title.length) : name));
}

function found(word: string, isKnown: IsKnown): string {
  const all = searchOperators(word).filter(isKnown);
  if (all.length === 0) {
    throw new UserError(`no operator is about ${JSON.stringify(word)}`, EXIT.usage, 'colloquium operators lists them');
  }
  return listed(all);
}

/** Formats one operator per line. */
function listed(all: readonly OperatorInfo[]): string {
  const width = Math.max(...all.map(({ name }) => name.length));
  return all.map(({ name, summary }) => `${name.padEnd(width)}  ${summary}\n`).join('');
}

async function explained(name: string, isKnown: IsKnown): Promise<string> {
  const known = operators().filter(isKnown);
  const operator = known.find((one) => one.name === name);
  if (operator !== undefined) return explain(operator);
  const groups = operatorGroups();
  const family = groups.find(({ title }) => title.toLowerCase() === name.toLowerCase());
  const ofFamily = family?.operators.filter(isKnown) ?? [];
  if (ofFamily.length > 0) return ofFamily.map(explain).join('\n');
  const [near] = searchOperators(name).filter(isKnown);
  if (near !== undefined && /^\W+$/.test(name)) return explain(near);
  const elsewhere = (await import('./other-names.js')).whatElse(name);
  if (elsewhere !== undefined) throw new UserError(`${name} is no operator`, EXIT.usage, elsewhere);
  const meant = didYouMean(name, [...known.map((one) => one.name), ...groups.map(({ title }) => title)]);
  const hint = meant ?? (near && `colloquium operators --search ${name} finds ${near.name}`);
  throw new UserError(`no operator ${JSON.stringify(name)}`, EXIT.usage, hint ?? 'colloquium operators lists them');
}

function explain(operator: OperatorInfo): string {
  const { name, dialects, summary, usage, textUsage, errors, portable } = operator;
  const mark = dialects.length === 1 ? ` (${dialects.join()} only)` : portable ? '' : ' (beyond the reference engine)';
  const inBoth = usage.classic === usage.current;
  const json = inBoth
    ? [`    JSON  ${usage.current ?? ''}`]
    : dialects.map((dialect) => `    JSON  ${usage[dialect] ?? ''}   (${dialect})`);
  return `${[
    `${name}${mark}`,
    `  ${summary}`,
    '',
    '  Usage',
    ...(textUsage === undefined ? [] : [`    text  ${textUsage}`]),
    ...json,
    '',
    ...(errors.length === 0 ? [] : ['  Errors', ...errors.map((error) => `    ${error}`), '']),
    '  Examples',
    ...examplesOf(operator),
  ].join('\n')}\n`;
}

/** Each example in both forms: the text form is always of the current dialect. */
function examplesOf({ dialects, examples }: OperatorInfo): readonly string[] {
  return examples.flatMap(({ dialect, script, inputs, tables, result }) => {
    const kept = tables === undefined ? '' : `   with tables ${stringifyJson(tables)}`;
    const given = `${inputs === undefined ? '' : `   with input ${inputs.map(stringifyJson).join(', ')}`}${kept}`;
    const isClassic: boolean = (dialect ?? only(dialects)) === 'classic';
    const mark = dialect === undefined ? '' : `   (${dialect})`;
    return [
      ...(isClassic ? [] : [`    ${printText(script)}${given}`]),
      `    ${stringifyJson(script)}${isClassic ? given : ''}${mark}`,
      `      → ${stringifyJson(result)}`,
    ];
  });
}

function only(dialects: readonly Dialect[]): Dialect | undefined {
  return dialects.length === 1 ? dialects[0] : undefined;
}
