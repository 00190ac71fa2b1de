import { ComputoError, engineLimitOf } from '../computo-error.js';
import { FRAMES_MAX, walk } from '../compile/index.js';
import { hintIn, type Form } from '../hint.js';
import { detectDialect, parseScript } from '../dialect/index.js';
import { pointerTo, type Dialect, type DialectOption, type Known, type Report } from '../syntax/index.js';
import type { Json } from '../value/index.js';
import { nestedTooDeep } from './depth.js';
import type { ScriptDiagnostic } from './diagnostic.js';
import { collectNames } from './names.js';
import { refuseLambdaResults } from './lambda-result.js';
import type { CheckRule } from './rule.js';
import { notPortable, RULES } from './rules.js';

export interface CheckOptions {
  /** As for `compile`. */
  readonly dialect?: DialectOption | undefined;
  /** The form the script was written in, for hints that say what to write. Default: JSON. */
  readonly form?: Form | undefined;
  /** As for `compile`; only the names count. */
  readonly secrets?: Readonly<Record<string, unknown>> | undefined;
  /** As for `compile`; only the names count. */
  readonly tables?: Readonly<Record<string, unknown>> | undefined;
  /** Whether operators that the reference engine lacks are errors. */
  readonly portable?: boolean | undefined;
  /** Whether the result is used as data, so that a lambda as the result is an error. */
  readonly givesData?: boolean | undefined;
}

/** Text with more problems than this is not a script, and the pointers of a deeply nested one are long. */
const PROBLEMS_MAX = 1000;
const PATH_CHARACTERS_MAX = 10_000_000;

const ONE_DIALECT =
  'Write all of it in one dialect. A config says which with computo: { dialect: classic }, a program with the option dialect.';

/** What the current dialect says for what only the classic one has. */
const IN_CURRENT: Readonly<Record<string, string>> = {
  "the operator '&&'": 'The current dialect says and: ["and", …].',
  "the operator '||'": 'The current dialect says or: ["or", …].',
  "the operator 'get'":
    'The current dialect says ["$input", "/path"] for a field of the event, ["$", "/name/path"] for one of a variable.',
};

/**
 * Finds every problem that a script shows without being run, in the order of the script. Includes branches that a run may never
 * take. An `error` is certain to fail when a run reaches it.
 */
export function check(script: Json, options: CheckOptions = {}): ScriptDiagnostic[] {
  try {
    const wanted = options.dialect ?? 'auto';
    const { form = 'json', secrets = {}, tables = {}, givesData = false } = options;
    const known: Known = { secrets: new Map(Object.entries(secrets)), tables: new Map(Object.entries(tables)) };
    const rules = options.portable === true ? [...RULES, notPortable] : RULES;
    const settings: Settings = { form, known, rules, givesData };
    if (wanted !== 'auto') return checkIn(script, wanted, settings);
    const { dialect, markers } = detectDialect(script);
    if (dialect !== 'conflict') {
      return checkIn(script, dialect === 'classic' ? 'classic' : 'current', settings);
    }
    return (['classic', 'current'] as const).flatMap((side) => {
      const marker = markers.find((one) => one.dialect === side);
      if (marker === undefined) return [];
      return {
        code: 'dialect-conflict',
        severity: 'error',
        path: marker.path,
        message: `the script mixes dialects: ${marker.reason} is only ${side}`,
        hint: IN_CURRENT[marker.reason] ?? ONE_DIALECT,
      };
    });
  } catch (error) {
    const limit = engineLimitOf(error);
    if (!(limit instanceof ComputoError) || limit.kind !== 'LimitExceeded') throw limit;
    const exceeded: ScriptDiagnostic = { code: 'limit-exceeded', severity: 'error', path: '', message: limit.problem };
    return [limit.hint === undefined ? exceeded : { ...exceeded, hint: limit.hint }];
  }
}

interface Settings {
  readonly form: Form;
  readonly known: Known;
  readonly rules: readonly CheckRule[];
  readonly givesData: boolean;
}

function checkIn(script: Json, dialect: Dialect, { form, known, rules, givesData }: Settings): ScriptDiagnostic[] {
  const root = parseScript(script, dialect);
  const visits = walk(root, 'root');
  const names = collectNames(visits, dialect, form);
  const found: ScriptDiagnostic[] = [];
  let pathCharacters = 0;
  const report: Report = ({ code, place, message, severity = 'error', hint }) => {
    if (found.length >= PROBLEMS_MAX) return;
    const path = pointerTo(place);
    pathCharacters += path.length;
    found.push({ code, message, severity, path, ...(hint !== undefined && { hint: hintIn(hint, form) }) });
  };
  if (givesData) refuseLambdaResults(root, report);
  for (const place of nestedTooDeep(root, dialect)) {
    report({
      code: 'limit-exceeded',
      place,
      message: `calls stand inside one another more than ${FRAMES_MAX} levels deep`,
    });
  }
  for (const visit of visits) {
    for (const rule of rules) rule(visit, report, names, known);
    if (found.length < PROBLEMS_MAX && pathCharacters < PATH_CHARACTERS_MAX) continue;
    const message = `there may be more: these are the first ${found.length} problems`;
    found.push({ code: 'too-many-problems', severity: 'warning', path: '', message });
    break;
  }
  return found;
}
