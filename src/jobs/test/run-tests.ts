import { dollarText, nanoOfDollars } from '../../ai/money/index.js';
import { Cassette, CassetteError } from '../../ai/rehearsal/index.js';
import { JobError } from '../job-error.js';
import type { PlannedCase, TestPlan } from './plan.js';
import type { CaseResult } from './result.js';
import { cassetteOf, runCase } from './run-case.js';

/** The most cases at a time: more would only share the same thread. */
const AT_ONCE = 8;

export interface TestOptions {
  /** What is sent and recorded: `all` calls, or only the `new` ones. Undefined: nothing is sent. */
  readonly record?: 'all' | 'new' | undefined;
  /** The most US dollars that all cases together may cost, as decimal text. */
  readonly maxCost?: string | undefined;
  /** Whether golden files are written. */
  readonly update: boolean;
  /** Whether other cases use the same cassettes, whose recordings are then kept. */
  readonly isPart: boolean;
  readonly ending: AbortSignal;
  /** Called with each result, in the order of the cases. */
  readonly onResult: (result: CaseResult) => void;
}

/**
 * Runs test cases in this process, several at a time; what is sent, one after the other.
 *
 * @throws JobError when a cassette can't be read or written
 */
export async function runTests(plan: TestPlan, options: TestOptions): Promise<readonly CaseResult[]> {
  const results: CaseResult[] = [];
  const done = new Map<number, CaseResult>();
  const { record, ending } = options;
  const shelf = new CassetteShelf(record, options.isPart);
  let next = 0;
  let spent = 0n;
  const work = async (): Promise<void> => {
    for (let at = next++; at < plan.cases.length && !ending.aborted; at = next++) {
      const test = plan.cases[at];
      if (test === undefined) return;
      const result = await runCase(plan, test, {
        cassette: shelf.of(test),
        sends: record !== undefined && test.ai.kind !== 'given',
        maxCost: options.maxCost && dollarText(atLeastZero(nanoOfDollars(options.maxCost) - spent)),
        update: options.update,
        ending,
      });
      spent += result.spent;
      if (result.outcome === 'failed' && record !== undefined) shelf.failed(test);
      done.set(at, result);
      for (let one = done.get(results.length); one !== undefined; one = done.get(results.length)) {
        results.push(one);
        options.onResult(one);
      }
    }
  };
  const workers = record === undefined ? Math.min(AT_ONCE, plan.cases.length) : 1;
  try {
    await Promise.all(Array.from({ length: workers }, work));
  } finally {
    await asJob(() => shelf.write());
  }
  return results;
}

function atLeastZero(amount: bigint): bigint {
  return amount < 0n ? 0n : amount;
}

/** The cassettes of a run, each read once and written once. */
class CassetteShelf {
  readonly #record: TestOptions['record'];
  readonly #isPart: boolean;
  readonly #known = new Map<string, Cassette>();
  readonly #recording = new Map<string, Cassette>();
  /** Cassettes of cases that failed: what they still need may not have been asked for. */
  readonly #kept = new Set<string>();

  constructor(record: TestOptions['record'], isPart: boolean) {
    this.#record = record;
    this.#isPart = isPart;
  }

  of(test: PlannedCase) {
    const known = cassetteOf(test, (file) => this.#read(file));
    if (known === undefined || test.ai.kind !== 'cassette') return undefined;
    if (this.#record === undefined) return { known };
    const { file } = test.ai;
    const recording = this.#recording.get(file) ?? new Cassette();
    this.#recording.set(file, recording);
    return { known: this.#record === 'new' ? known : new Cassette(), recording };
  }

  failed({ ai }: PlannedCase): void {
    if (ai.kind === 'cassette') this.#kept.add(ai.file);
  }

  /** @throws CassetteError */
  async write(): Promise<void> {
    for (const [file, recording] of this.#recording) {
      const known = this.#known.get(file) ?? new Cassette();
      const keepsAll = this.#record === 'new' || this.#isPart || this.#kept.has(file);
      const before = keepsAll ? known.recordings().filter((one) => this.#record === 'new' || !recording.has(one)) : [];
      const whole = new Cassette([...before, ...recording.recordings()]);
      if (whole.size > 0 || known.size > 0) await whole.write(file);
    }
  }

  #read(file: string): Cassette {
    const known = this.#known.get(file) ?? readNow(file);
    this.#known.set(file, known);
    return known;
  }
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
