import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { checkPaths, discoverConfig, sampleOf, type Diagnostic, type Sample } from '../../config/index.js';
import type { CheckFlags } from './flags.js';
import { withoutPacking } from '../../files/index.js';
import { EXIT } from '../exit/exit-codes.js';
import { printDiagnostics, showFile } from '../terminal/print-diagnostics.js';
import { reportConfig } from '../flags/find-config.js';
import { UserError } from '../exit/user-error.js';
import { KINDS } from '../../jobs/kinds/index.js';
import { lookWithPrices } from './price-judge.js';
import { firstLines } from './sample-lines.js';
import { writeStderr } from '../terminal/stderr.js';

/** The most findings that are shown to a person; `--format json` has them all. */
const SHOWN_MAX = 100;

/** `colloquium check`: from flags to exit code. */
export async function check(paths: readonly string[], flags: CheckFlags): Promise<number> {
  const files = await filesToCheck(paths, flags);
  const sample = flags.sample === undefined ? undefined : await readSample(flags.sample);
  const checked = await lookWithPrices((isPriced) =>
    checkPaths(files, {
      kinds: KINDS,
      env: process.env,
      home: homedir(),
      isPriced,
      ...(sample && { sample }),
      ...(flags.pipeline !== undefined && { samplePipeline: flags.pipeline }),
    }),
  );
  const { diagnostics } = checked;
  if (checked.files.length === 0 && diagnostics.length === 0) {
    throw new UserError(
      `nothing to check in ${paths.join(', ')}`,
      EXIT.usage,
      'a folder is searched for configs and scripts: .computo, .json, .jsonc',
    );
  }
  if (flags.format === 'json') process.stdout.write(`${JSON.stringify({ diagnostics: diagnostics.map(plain) })}\n`);
  else report(diagnostics, checked.files.length);
  const fails = diagnostics.some(({ severity }) => severity === 'error' || flags.strict === true);
  return fails ? EXIT.invalid : EXIT.ok;
}

async function filesToCheck(paths: readonly string[], flags: CheckFlags): Promise<readonly string[]> {
  const named = flags.config === undefined ? paths : [flags.config, ...paths];
  const data = named.find((path) => /\.(?:ndjson|jsonl|csv|tsv)$/i.test(withoutPacking(path)));
  if (data !== undefined) {
    throw new UserError(
      `${data} is data, not a config or a script`,
      EXIT.usage,
      'to compare scripts with it: --sample FILE',
    );
  }
  if (flags.config !== undefined && flags.verbose === true) reportConfig(resolve(flags.config));
  if (named.length > 0) return named.map((path) => resolve(path));
  const found = await discoverConfig(process.cwd(), homedir());
  if (flags.verbose === true) reportConfig(found);
  if (found !== undefined) return [found];
  throw new UserError(
    'no config found here',
    EXIT.usage,
    'name a config or script to check, or make one: colloquium init',
  );
}

async function readSample(path: string): Promise<Sample> {
  const sample = sampleOf(path, await firstLines(path));
  if (sample === undefined)
    throw new UserError(
      `${path} has no events to learn from`,
      EXIT.usage,
      'a sample is lines of JSON, or named .csv or .tsv',
    );
  return sample;
}

/** A finding as programs get it: the keys are stable. */
function plain({ file, line, column, severity, code, message, hint }: Diagnostic): object {
  return { file: showFile(file), line, column, severity, code, message, ...(hint !== undefined && { hint }) };
}

function report(diagnostics: readonly Diagnostic[], files: number): void {
  printDiagnostics(diagnostics.slice(0, SHOWN_MAX));
  if (diagnostics.length > SHOWN_MAX) writeStderr(`… and ${diagnostics.length - SHOWN_MAX} more\n`);
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  const warnings = diagnostics.length - errors;
  const counts =
    diagnostics.length === 0 ? 'no mistakes' : [counted(errors, 'error'), counted(warnings, 'warning')].join(', ');
  writeStderr(`colloquium: ${counted(files, 'file')} checked, ${counts}\n`);
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
