import { readFileSync } from 'node:fs';
import { isTruthy, NumberText, type Json, type JsonObject } from 'computo-js';
import { nanoOfDollars, showAmount } from '../../ai/money/index.js';
import type { OpenTables } from '../../config/kinds/index.js';
import { maskSecrets } from '../../config/env/index.js';
import { hasCode } from '../../files/index.js';
import { diffJson, parseJson, stringifyJson, type JsonChange } from '../../json/index.js';
import { compileScript } from '../../pipeline/index.js';
import type { FinishedEvent, Observed } from './observed.js';
import type { PlannedCase } from './plan.js';
import type { Problem } from './result.js';

/** Compares what happened with what a case expects. @param tables in which its scripts look rows up */
export function judge(test: PlannedCase, seen: Observed, tables: OpenTables | undefined): readonly Problem[] {
  return [
    ...seen.problems,
    ...ending(test, seen),
    ...outputProblems(test, seen),
    ...expectProblems(test, seen, tables),
    ...Object.entries(test.outputs ?? {}).flatMap(([name, expected]) =>
      eventProblems(`output ${name}`, expected, seen.outputs.get(name) ?? []),
    ),
    ...unrouted(seen),
    ...letterProblems(test.dead_letters, seen.deadLetters),
    ...countProblem('calls', test.calls, seen.calls),
    ...countProblem('attempts', test.attempts, seen.attempts),
    ...costProblem(test, seen),
    ...breakerProblems(test, seen),
  ];
}

function ending({ stopped }: PlannedCase, { result }: Observed): readonly Problem[] {
  if (result.endedBy === 'paused') {
    const { reason, message } = result.pause;
    return reason === stopped ? [] : [{ message: `the run stops (${reason}): ${message}` }];
  }
  if (result.endedBy === 'failure' && stopped === undefined) return [];
  return stopped === undefined ? [] : [{ message: `the run does not stop; expected it to, for ${stopped}` }];
}

function outputProblems({ output }: PlannedCase, { events }: Observed): readonly Problem[] {
  if (output === undefined) return [];
  if ('rows' in output) return eventProblems('output', output.rows, events);
  let text: string;
  try {
    text = readFileSync(output.file, 'utf8');
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
    return [{ message: `there is no golden file ${output.file}: --update writes it` }];
  }
  try {
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    return eventProblems(
      'output',
      lines.map((line) => parseJson(line)),
      events,
    );
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [{ message: `the golden file ${output.file} is not lines of JSON: ${reason}` }];
  }
}

function eventProblems(what: string, expected: readonly Json[], events: readonly FinishedEvent[]): readonly Problem[] {
  const changes = diffJson(
    [...expected],
    events.map(({ data }) => data),
  );
  return changes.length === 0 ? [] : [{ message: `${what}: ${differing(changes)}`, changes }];
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function differing(changes: readonly JsonChange[]): string {
  return changes.length === 1 ? 'one place differs' : `${changes.length} places differ`;
}

function expectProblems(
  { expect, output, dead_letters: letters }: PlannedCase,
  { events }: Observed,
  tables: OpenTables | undefined,
): readonly Problem[] {
  if (expect === undefined) return [];
  const scripts = 'every' in expect ? events.map(() => expect.every) : expect.each;
  const problems: Problem[] = [];
  const expectsNone = (output !== undefined && 'rows' in output && output.rows.length === 0) || letters.length > 0;
  if ('every' in expect && events.length === 0 && !expectsNone) {
    problems.push({ message: 'expect: no event finished; output: [] says that none is to' });
  }
  if (scripts.length !== events.length) {
    problems.push({ message: `expect: ${counted(scripts.length, 'event')} expected, ${events.length} finished` });
  }
  for (const [index, event] of events.entries()) {
    const script = scripts[index];
    if (script === undefined) break;
    const what = `expect: event ${index + 1}`;
    const shown = `of ${shortened(stringifyJson(event.data))}`;
    try {
      const made = compileScript(script, 'expect', { tables }).run(event.data, event.context);
      if (made !== true) {
        const said = `${sourceOf(script)} gives ${shortened(stringifyJson(made))}, not true, ${shown}`;
        problems.push({ message: `${what}: ${said}${isTruthy(made) ? ' (a comparison gives true or false)' : ''}` });
      }
    } catch (error) {
      problems.push({ message: `${what}: ${error instanceof Error ? error.message : String(error)}, ${shown}` });
    }
  }
  return problems;
}

function sourceOf({ script, text }: { readonly script: Json; readonly text?: { readonly text: string } }): string {
  return shortened(text === undefined ? stringifyJson(script) : text.text.trim());
}

const SHOWN_MAX = 200;

/** Secrets are hidden first: half of one would be known to nobody. */
function shortened(whole: string): string {
  const text = maskSecrets(whole);
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text;
}

function unrouted({ outputs, result }: Observed): readonly Problem[] {
  if (outputs.size === 0) return [];
  const taken = new Set([...outputs.values()].flat());
  const lost = result.counts.output - taken.size;
  return lost <= 0 ? [] : [{ message: `${lost === 1 ? '1 event goes' : `${lost} events go`} to no output` }];
}

/** Of each dead letter, only the members that are expected are compared. */
function letterProblems(expected: readonly Json[], letters: readonly Json[]): readonly Problem[] {
  const compared = letters.map((letter, index) => within(letter, expected[index] ?? null));
  const changes = diffJson([...expected], compared);
  if (changes.length === 0) return [];
  const message =
    expected.length === 0
      ? `${counted(letters.length, 'dead letter')}, and none is expected`
      : `dead_letters: ${differing(changes)}`;
  return [{ message, changes }];
}

/** The part of a value that another one speaks of. */
function within(value: Json, wanted: Json): Json {
  if (!isObject(value) || !isObject(wanted)) return value;
  const members = Object.entries(wanted).flatMap(([key, inner]): [string, Json][] =>
    Object.hasOwn(value, key) ? [[key, within(value[key] ?? null, inner)]] : [],
  );
  return Object.fromEntries(members);
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof NumberText);
}

function countProblem(what: string, expected: number | undefined, made: number): readonly Problem[] {
  return expected === undefined || expected === made
    ? []
    : [{ message: `${what}: differs`, changes: [{ pointer: `/${what}`, from: expected, to: made }] }];
}

function costProblem({ costMax }: PlannedCase, { spent, unpriced }: Observed): readonly Problem[] {
  if (costMax !== undefined && unpriced > 0) {
    const which = unpriced === 1 ? 'an attempt is' : `${unpriced} attempts are`;
    return [{ message: `cost: it is unknown, ${which} at a model without a price: give it cost_per_token` }];
  }
  if (costMax === undefined || spent <= nanoOfDollars(costMax)) return [];
  return [{ message: `cost: ${showAmount(spent)}, and at most ${showAmount(nanoOfDollars(costMax))} is expected` }];
}

function breakerProblems({ breakers = {} }: PlannedCase, seen: Observed): readonly Problem[] {
  return Object.entries(breakers).flatMap(([provider, expected]) => {
    const state = seen.breakers.get(provider);
    if (state === expected) return [];
    const is = state === undefined ? 'no stage asks it' : `it is ${state}`;
    return [{ message: `breakers: ${provider} is expected to be ${expected}, and ${is}` }];
  });
}
