import { dirname, resolve } from 'node:path';
import { ConfigError } from '../../config/diagnostic/index.js';
import { planTests, runTests, type CaseResult, type TestPlan } from '../../jobs/test/index.js';
import { EXIT, type ExitCode } from '../exit/exit-codes.js';
import { UserError } from '../exit/user-error.js';
import { findConfig } from '../flags/find-config.js';
import { reportError } from '../report/report-error.js';
import { stdoutPalette } from '../terminal/palette.js';
import { print } from '../terminal/print.js';
import { onSignals } from '../terminal/signals.js';
import { writeStderr } from '../terminal/stderr.js';
import { watchFiles, type FileWatch } from '../watch/watch-files.js';
import type { TestFlags } from './flags.js';
import { junitReporter } from './reporters/junit.js';
import { prettyReporter } from './reporters/pretty.js';
import type { Reporter } from './reporters/reporter.js';
import { tapReporter } from './reporters/tap.js';

/** `colloquium test`: from flags to exit code. */
export async function test(files: readonly string[], flags: TestFlags): Promise<number> {
  refuseContradictions(flags);
  const ending = new AbortController();
  const signals = onSignals(() => ending.abort());
  try {
    const code =
      flags.watch === true ? await watched(files, flags, ending.signal) : await once(files, flags, ending.signal);
    return signals.code() ?? code;
  } finally {
    signals.ignore();
  }
}

function refuseContradictions({ record, maxCost, watch, update }: TestFlags): void {
  if (maxCost !== undefined && record === undefined) throw new UserError('--max-cost needs --record', EXIT.usage);
  if (watch !== true) return;
  const flag = record === undefined ? (update === undefined ? undefined : '--update') : '--record';
  if (flag !== undefined) throw new UserError(`--watch and ${flag} exclude one another`, EXIT.usage);
}

async function once(files: readonly string[], flags: TestFlags, ending: AbortSignal): Promise<ExitCode> {
  const plans = await plansOf(files, flags);
  return await runAll(plans, flags, ending);
}

/** Runs the cases again after each change of a file that they depend on, until a signal ends it. */
async function watched(files: readonly string[], flags: TestFlags, ending: AbortSignal): Promise<ExitCode> {
  const watch = changeWatch(ending);
  try {
    let known = files.map((file) => resolve(file));
    while (!ending.aborted) {
      watch.begin();
      try {
        let plans = await plansOf(files, flags);
        known = plans.flatMap((plan) => plan.files);
        // What was read before it was watched may have changed.
        if (await watch.covers(known)) plans = await plansOf(files, flags);
        await runAll(plans, flags, ending);
      } catch (error) {
        await reportError(error);
        if (!(error instanceof ConfigError)) throw error;
        await watch.covers([...known, ...error.diagnostics.map(({ file }) => file)]);
      }
      writeStderr('colloquium: waiting for a change\n');
      await watch.change();
    }
    return EXIT.ok;
  } finally {
    await watch.close();
  }
}

function changeWatch(ending: AbortSignal) {
  let hasChanged = false;
  let wake = (): void => undefined;
  let covered = '';
  let watch: FileWatch | undefined;
  ending.addEventListener('abort', () => wake());
  return {
    begin(): void {
      hasChanged = false;
    },
    /** Watches these files from now on. @returns whether they are not those that were watched before */
    async covers(files: readonly string[]): Promise<boolean> {
      const wanted = [...new Set(files)].sort();
      if (wanted.join('\0') === covered) return false;
      await watch?.close();
      covered = wanted.join('\0');
      watch = await watchFiles(wanted, () => {
        hasChanged = true;
        wake();
      });
      await watch.ready;
      return true;
    },
    /** Resolves when a file has changed since {@link begin}, or a signal ends the waiting. */
    async change(): Promise<void> {
      if (!hasChanged && !ending.aborted) await new Promise<void>((settle) => (wake = settle));
    },
    close: async () => watch?.close(),
  };
}

async function plansOf(files: readonly string[], flags: TestFlags): Promise<readonly TestPlan[]> {
  const folders = new Map<string | undefined, string[]>();
  for (const file of files.map((one) => resolve(one))) {
    const folder = dirname(file);
    folders.set(folder, [...(folders.get(folder) ?? []), file]);
  }
  if (folders.size === 0) folders.set(undefined, []);
  const plans: TestPlan[] = [];
  for (const [folder, some] of folders) {
    const config = await findConfig(flags, 'programs', folder);
    if (config === undefined) {
      const where = folder === undefined ? 'here' : `for ${some.join(', ')}`;
      throw new UserError(
        `no config found ${where}`,
        EXIT.usage,
        'name the config with -c FILE, or make one: colloquium init',
      );
    }
    plans.push(await planTests(config, folder === undefined ? undefined : some, accepts(flags)));
  }
  if (plans.every(({ cases }) => cases.length === 0)) throw nothingToTest(flags);
  return plans;
}

function accepts({ filter }: TestFlags): (name: string) => boolean {
  const wanted = filter?.toLowerCase() ?? '';
  return (name) => name.toLowerCase().includes(wanted);
}

function nothingToTest({ filter }: TestFlags): UserError {
  if (filter !== undefined) return new UserError(`no test case has ${JSON.stringify(filter)} in its name`, EXIT.usage);
  const hint = 'write some into colloquium.test.yaml beside the config, or under tests in it';
  return new UserError('there are no test cases', EXIT.usage, hint);
}

async function runAll(plans: readonly TestPlan[], flags: TestFlags, ending: AbortSignal): Promise<ExitCode> {
  const reporter = reporterFor(flags, plans);
  const results: CaseResult[] = [];
  // Results are printed one after the other, in order.
  let printing: Promise<unknown> = print(reporter.head ?? '');
  for (const plan of plans) {
    if (ending.aborted) break;
    const ran = await runTests(plan, {
      ...(flags.record !== undefined && { record: flags.record }),
      ...(flags.maxCost !== undefined && { maxCost: flags.maxCost }),
      update: flags.update === true,
      ending,
      onResult(result) {
        printing = printing.then(() => print(reporter.result(result)));
      },
    });
    results.push(...ran);
  }
  await printing;
  await print(reporter.end(results));
  const left = plans.reduce((sum, { cases }) => sum + cases.length, 0) - results.length;
  if (ending.aborted && left > 0) writeStderr(`colloquium: stopped: ${left} of the cases were not run to their end\n`);
  return results.some(({ outcome }) => outcome === 'failed') ? EXIT.someFailed : EXIT.ok;
}

function reporterFor({ format }: TestFlags, plans: readonly TestPlan[]): Reporter {
  switch (format) {
    case 'pretty':
      return prettyReporter(stdoutPalette());
    case 'tap':
      return tapReporter(plans.reduce((sum, { cases }) => sum + cases.length, 0));
    case 'junit':
      return junitReporter;
  }
}
