import { dollarText, nanoOfDollars } from '../../ai/money/index.js';
import { Cassette, CassetteError, type Recording } from '../../ai/rehearsal/index.js';
import { JobError } from '../job-error.js';
import { refuseWrongGoldens } from './goldens.js';
import type { PlannedCase, TestPlan } from './plan.js';
import type { CaseResult } from './result.js';
import { cassetteOf, runCase } from './run-case.js';
import type { CaseCassette } from './stand-ins.js';

/** The most cases at a time: more would only share the same thread. */
const AT_ONCE = 8;

export interface TestOptions {
  /** What is sent and recorded: `all` calls, or only the `new` ones. Undefined: nothing is sent. */
  readonly record?: 'all' | 'new' | undefined;
  /** The most US dollars that all cases together may cost, as decimal text. */
  readonly maxCost?: string | undefined;
  /** Whether golden files are written. */
  readonly update: boolean;
  readonly ending: AbortSignal;
  /** Called with each result, in the order of the cases. */
  readonly onResult: (result: CaseResult) => void;
}

/**
 * Runs test cases in this process, several at a time; what is sent, one after the other.
 *
 * @throws JobError when a cassette can't be read or written; ConfigError when a golden file must not be written
 */
export async function runTests(plan: TestPlan, options: TestOptions): Promise<readonly CaseResult[]> {
  if (options.update) await refuseWrongGoldens(plan);
  const results: CaseResult[] = [];
  const done = new Map<number, CaseResult>();
  const { record, ending } = options;
  const shelf = new CassetteShelf(record);
  let next = 0;
  let spent = 0n;
  const report = (result: CaseResult): void => {
    results.push(result);
    options.onResult(result);
  };
  const work = async (): Promise<void> => {
    for (let at = next++; at < plan.cases.length && !ending.aborted; at = next++) {
      const test = plan.cases[at];
      if (test === undefined) return;
      const cassette = shelf.of(test);
      const result = await runCase(plan, test, {
        cassette,
        sends: record !== undefined && test.ai.kind !== 'given',
        maxCost: options.maxCost && dollarText(atLeastZero(nanoOfDollars(options.maxCost) - spent)),
        update: options.update,
        ending,
      });
      spent += result.spent;
      await asJob(() => shelf.keep(test, cassette?.recording, result.outcome === 'passed'));
      if (result.outcome === 'interrupted') return;
      done.set(at, result);
      for (let one = done.get(results.length); one !== undefined; one = done.get(results.length)) report(one);
    }
  };
  const workers = record === undefined ? Math.min(AT_ONCE, plan.cases.length) : 1;
  await Promise.all(Array.from({ length: workers }, work));
  // Where a signal left gaps, later cases may have ended.
  const told = new Set(results);
  for (const at of [...done.keys()].sort((a, b) => a - b)) {
    const result = done.get(at);
    if (result !== undefined && !told.has(result)) report(result);
  }
  return results;
}

function atLeastZero(amount: bigint): bigint {
  return amount < 0n ? 0n : amount;
}

/** The cassettes of a run: each is read once, and written whenever a case that records into it ends. */
class CassetteShelf {
  readonly #record: TestOptions['record'];
  readonly #known = new Map<string, Cassette>();

  constructor(record: TestOptions['record']) {
    this.#record = record;
  }

  of(test: PlannedCase): CaseCassette | undefined {
    const known = cassetteOf(test, (file) => this.#read(file));
    if (known === undefined || this.#record === undefined) return known && { known };
    return { known: this.#record === 'new' ? known : new Cassette(), recording: new Cassette() };
  }

  /**
   * Writes what a case has recorded. What it had recorded before goes, unless only new calls were sent, or the case failed, so that
   * it may not have asked for all; that of other cases stays. Errors of a failed case are not kept, nor any over an answer to the
   * same request: the address or the account may be wrong.
   *
   * @throws CassetteError
   */
  async keep({ ai, name }: PlannedCase, recording: Cassette | undefined, hasPassed: boolean): Promise<void> {
    if (ai.kind !== 'cassette' || recording === undefined) return;
    const known = this.#read(ai.file).recordings();
    const answered = new Cassette(known.filter(isAnswer));
    const made = new Cassette(recording.recordings().filter(isAnswer));
    const errors = recording.recordings().filter((one) => !isAnswer(one));
    const kept = hasPassed ? errors.filter((one) => made.has(one) || !answered.has(one)) : [];
    const fresh = new Cassette(recording.recordings().filter((one) => isAnswer(one) || kept.includes(one)));
    const isAsked = (one: Recording): boolean => recording.has(one) && !fresh.has(one);
    const isOver = (one: Recording): boolean =>
      hasPassed ? (!ai.isNamed || one.call.case === name) && !isAsked(one) : fresh.has(one);
    const isStale = (one: Recording): boolean => !isAnswer(one) && fresh.has(one);
    const before = known.filter((one) => !(this.#record === 'new' ? isStale(one) : isOver(one)));
    const whole = new Cassette([...before, ...fresh.recordings()]);
    if (whole.size > 0 || known.length > 0) await whole.write(ai.file);
    this.#known.set(ai.file, whole);
  }

  #read(file: string): Cassette {
    const known = this.#known.get(file) ?? readNow(file);
    this.#known.set(file, known);
    return known;
  }
}

function isAnswer({ status }: Recording): boolean {
  return status >= 200 && status < 300;
}

function readNow(file: string): Cassette {
  try {
    return Cassette.read(file);
  } catch (error) {
    throw asJobError(error);
  }
}

async function asJob(act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    throw asJobError(error);
  }
}

function asJobError(error: unknown): unknown {
  return error instanceof CassetteError ? new JobError(error.message, 'invalid') : error;
}
