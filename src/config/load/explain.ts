import { formatPointer, parsePointer } from 'computo-js';
import type * as z from 'zod';
import { suggestion, type Diagnostic } from '../diagnostic/index.js';
import { chosenOption, unknownKeyHints } from '../schema/structures.js';
import { diagnose, nodeAt, type SourceDocument } from '../source/index.js';

type Issue = z.core.$ZodIssue;

/** Keys whose values must not be repeated in a message. */
const SECRET_KEYS = new Set(['api_key', 'api_keys', 'tokens', 'headers', 'webhook', 'secrets', 'encryption']);

/**
 * Converts the issues of a schema into findings with places.
 *
 * @param base the path of the section that was checked
 * @param fromEnv which texts the environment changed: {@link FilledSection.fromEnv}
 */
export function explainIssues(
  document: SourceDocument,
  issues: readonly Issue[],
  base: readonly string[],
  fromEnv: ReadonlyMap<string, readonly string[]>,
): Diagnostic[] {
  const findings = issues.flatMap((issue) => explain(document, issue, base, fromEnv));
  // A key that is missing because it was mistyped is one mistake, reported at the mistyped key.
  return findings.filter(({ code, pointer = '' }) => {
    if (code !== 'missing-key') return true;
    const missing = parsePointer(pointer);
    const typed = missing.pop() ?? '';
    return !findings.some(
      (other) =>
        other.code === 'unknown-key' &&
        other.hint === suggestion(typed) &&
        formatPointer(parsePointer(other.pointer ?? '').slice(0, -1)) === formatPointer(missing),
    );
  });
}

function explain(
  document: SourceDocument,
  issue: Issue,
  base: readonly string[],
  fromEnv: ReadonlyMap<string, readonly string[]>,
): Diagnostic[] {
  const path = [...base, ...issue.path.map(String)];
  if (issue.code === 'unrecognized_keys') {
    const hints = unknownKeyHints(issue.message);
    return issue.keys.map((key, index) => unknownKey(document, path, key, hints[index]));
  }
  if (issue.code === 'invalid_union') {
    const option = chosenOption(issue.message);
    const inner = option === undefined ? undefined : issue.errors[option];
    if (inner !== undefined) return explainIssues(document, inner, path, fromEnv);
  }
  return [invalidValue(document, path, issue.message, fromEnv)];
}

/** Creates the finding for a key that its section does not have. */
export function unknownKey(
  document: SourceDocument,
  path: readonly string[],
  key: string,
  hint: string | undefined,
): Diagnostic {
  const where = path.length === 0 ? '' : ` in ${label(path)}`;
  const message = `unknown key ${JSON.stringify(key)}${where}`;
  return diagnose(
    document,
    formatPointer([...path, key]),
    { severity: 'error', code: 'unknown-key', message, hint },
    'key',
  );
}

function invalidValue(
  document: SourceDocument,
  path: readonly string[],
  problem: string,
  fromEnv: ReadonlyMap<string, readonly string[]>,
): Diagnostic {
  const pointer = formatPointer(path);
  const missing = nodeAt(document.root, pointer) === undefined;
  const names = fromEnv.get(pointer);
  const [said = '', hint] = problem.split('\n');
  // Any value from the environment may be a secret.
  const isSecret = names !== undefined || path.some((key) => SECRET_KEYS.has(key));
  const shown = isSecret ? said.replace(/, got .*$/, '') : said;
  const finding = {
    severity: 'error',
    code: missing ? 'missing-key' : 'invalid-value',
    message: path.length === 0 ? shown : `${label(path)}: ${shown}`,
    hint: names === undefined ? hint : `the value comes from the environment: ${names.join(', ')}`,
  } as const;
  // A missing value is reported at the key of the part around it.
  return diagnose(document, pointer, finding, missing ? 'key' : 'value');
}

/** Formats a path for messages: `pipelines.default.stages[0].ai`. */
export function label(path: readonly string[]): string {
  return path.map((key, index) => (/^[0-9]+$/.test(key) ? `[${key}]` : index === 0 ? key : `.${key}`)).join('');
}
