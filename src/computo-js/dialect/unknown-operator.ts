import { hintIn, type Hint } from '../hint.js';
import { findOperator, operatorNames } from '../operators/index.js';
import type { Dialect, Fault, Place } from '../syntax/index.js';
import { nearestName, shorten, stringify, type Json } from '../value/index.js';
import { noteOn, oursOf } from './foreign-operators.js';

/** Returns the fault for a call of an operator that the dialect does not have. */
export function unknownOperator(name: string, args: readonly Json[], place: Place, dialect: Dialect): Fault {
  return {
    type: 'fault',
    kind: 'InvalidOperator',
    code: 'unknown-operator',
    problem: `there is no operator '${shorten(name)}'${name === '' ? '' : ` in the ${dialect} dialect`}`,
    hint: (form) => hintIn(hintFor(name, args, dialect, form === 'text'), form),
    inside: [],
    operator: name,
    place,
  };
}

/** Names up to this length are more likely guesses than typos. */
const GUESSED_MAX = 3;
/** In other languages, these words take only a condition and select events. */
const SELECTS = new Set(['select', 'where', 'grep', 'keep']);
/** The maximum number of operators suggested for a word. */
const MEANT_MAX = 3;

function hintFor(name: string, args: readonly Json[], dialect: Dialect, isText: boolean): Hint {
  const other: Dialect = dialect === 'classic' ? 'current' : 'classic';
  if (findOperator(name, other) !== undefined && !isText)
    return `The ${other} dialect has it. A config sets it with computo: { dialect: ${other} }, a program with the option dialect.`;
  if (args.length === 1 && SELECTS.has(name)) {
    const filter = usageOf('filter', dialect, isText);
    return `Events are chosen with --filter, which takes the condition alone; elements of a list with ${filter}.`;
  }
  const names = operatorNames(dialect);
  const [family = '', verb] = name.split('.', 2);
  const ours = oursOf(verb ?? name, names);
  const ofFamily = ours.filter((one) => one.startsWith(`${family}.`));
  // If its own family has no such verb, the verb of another family, or of none, was meant.
  const elsewhere = verb !== undefined && names.includes(verb) ? [verb, ...ours] : ours;
  const meant = ofFamily.length > 0 ? ofFamily : elsewhere;
  if (meant.length > 0) {
    return `Write ${meant
      .slice(0, MEANT_MAX)
      .map((one) => usageOf(one, dialect, isText))
      .join(', or ')}.`;
  }
  const note = noteOn(verb ?? name);
  if (note !== undefined) return note;
  const near = nearestOf(name, names);
  const suggestion = near.length === 0 ? familyOf(name, names) : `Did you mean ${near.map(quoted).join(' or ')}?`;
  // So short a word is close to some operator's name in any case, so a list of strings may still be meant as a list.
  const isList = name.length <= GUESSED_MAX && args.length > 0 && args.every((arg) => typeof arg === 'string');
  if (isText) return suggestion ?? 'A variable is its name alone, a field of the event /name.';
  if (suggestion === undefined || name.startsWith('/')) return listHint(name, args);
  if (!isList) return suggestion;
  const isCall = near.some((one) => takes(one, args.length, dialect));
  return isCall ? `${listHint(name, args)} ${suggestion}` : listHint(name, args);
}

/** Returns the operator with the nearest name, or else those with the nearest verb. */
function nearestOf(name: string, names: readonly string[]): readonly string[] {
  const nearest = nearestName(name, names);
  if (nearest !== undefined) return [nearest];
  const verbs = names.flatMap((other) => other.split('.', 2)[1] ?? []);
  const verb = nearestName(name, verbs);
  return verb === undefined ? [] : names.filter((other) => other.endsWith(`.${verb}`));
}

function quoted(name: string): string {
  return `'${name}'`;
}

function takes(name: string, count: number, dialect: Dialect): boolean {
  const arity = findOperator(name, dialect)?.operator.arity[dialect];
  return arity !== undefined && count >= arity.min && count <= (arity.max ?? Infinity);
}

function usageOf(name: string, dialect: Dialect, isText: boolean): string {
  const operator = findOperator(name, dialect)?.operator;
  return (isText ? operator?.textUsage : operator?.usage[dialect]) ?? name;
}

/** Lists the verbs of a family, if one has that name. */
function familyOf(name: string, names: readonly string[]): string | undefined {
  const [family = ''] = name.split('.');
  const verbs = names.filter((other) => name !== family && other.startsWith(`${family}.`));
  return verbs.length === 0
    ? undefined
    : `The family ${family} has ${verbs.map((other) => other.slice(family.length + 1)).join(', ')}.`;
}

/** The maximum length of a list that a hint repeats. */
const LIST_LENGTH_MAX = 60;

/** Returns a hint for an array of strings, which is hardly ever meant as a call. */
function listHint(name: string, args: readonly Json[]): string {
  const rule = 'An array that starts with a string is a call; write a list of strings as {"array": […]}';
  if (name.startsWith('/')) {
    return `A field is ["$input", ${stringify(name)}], or ${name} in the text form, which stands in quotes in YAML. ${rule}.`;
  }
  const list = args.every((arg) => typeof arg === 'string') ? stringify([name, ...args]) : '';
  if (args.length === 0 || list === '' || list.length > LIST_LENGTH_MAX) return `${rule}.`;
  const spaced = list.replaceAll('","', '", "');
  return `${rule}: {"array": ${spaced}}, or ${spaced} in the text form.`;
}
