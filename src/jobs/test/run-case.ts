import type { Cassette } from '../../ai/rehearsal/index.js';
import type { AiWorld } from '../../ai/index.js';
import { ComputoError } from 'computo-js';
import { ConfigError } from '../../config/index.js';
import { SourceError } from '../../sources/index.js';
import { realClock, simulatedClock } from '../../world/index.js';
import { JobError } from '../job-error.js';
import { reasonOf } from '../reason-of.js';
import { updateGolden } from './goldens.js';
import { judge } from './judge.js';
import { observe } from './observe.js';
import type { Observed } from './observed.js';
import type { PlannedCase, TestPlan } from './plan.js';
import type { CaseResult, InterruptedCase, Problem } from './result.js';
import { standInsOf, type CaseCassette } from './stand-ins.js';

/** Simulated time that no case waits for: it would wait for ever. */
const SIMULATED_MS_MAX = 400 * 86_400_000;

export interface CaseOptions {
  /** The case's cassette; undefined: it has none. */
  readonly cassette: CaseCassette | undefined;
  /** Whether requests may be sent. */
  readonly sends: boolean;
  /** The most US dollars that it may cost, as decimal text. */
  readonly maxCost: string | undefined;
  /** Whether a golden file is written instead of compared. */
  readonly update: boolean;
  readonly ending: AbortSignal;
}

/** Runs one case, with a state of its own that is gone afterwards. Never throws for what the case does. */
export async function runCase(
  plan: TestPlan,
  test: PlannedCase,
  options: CaseOptions,
): Promise<CaseResult | InterruptedCase> {
  const start = realClock.elapsed();
  const { name, file, line } = test;
  const ended = (
    outcome: CaseResult['outcome'],
    problems: readonly Problem[],
    seen?: Observed,
    updated = false,
  ): CaseResult => {
    const seconds = (realClock.elapsed() - start) / 1000;
    return { name, file, line, outcome, problems, updated, seconds, spent: options.sends ? (seen?.spent ?? 0n) : 0n };
  };
  if (test.ai.kind === 'live' && !options.sends) {
    return ended('skipped', [{ message: 'it asks providers: --record sends' }]);
  }
  let seen: Observed;
  try {
    seen = await observed(plan, test, options);
  } catch (error) {
    if (!isOfCase(error)) throw error;
    return ended('failed', [{ message: reasonOf(error) }]);
  }
  if (options.ending.aborted) return { ...ended('failed', [], seen), outcome: 'interrupted' };
  const { output, ...rest } = test;
  const updates =
    options.update && output !== undefined && 'file' in output && judge(rest, seen, plan.tables).length === 0;
  const updated = updates && (await updateGolden(output.file, seen.events));
  const problems = judge(test, seen, plan.tables);
  return ended(problems.length === 0 ? 'passed' : 'failed', problems, seen, updated);
}

async function observed(
  plan: TestPlan,
  test: PlannedCase,
  { cassette, sends, maxCost, ending }: CaseOptions,
): Promise<Observed> {
  const pipeline = plan.pipelines.get(test.pipeline);
  if (pipeline === undefined) throw new TypeError(`the pipeline ${test.pipeline} is not planned`);
  const problems: Problem[] = [];
  const over = new AbortController();
  const clock = simulatedClock(test.now, SIMULATED_MS_MAX, () => {
    problems.push({ message: 'it waits for more than a year of simulated time' });
    over.abort();
  });
  // What is sent takes the time that it takes, and is booked when it is sent.
  const world: AiWorld = sends ? { ...realClock, random: seeded() } : { ...clock, random: seeded() };
  const { standIn, idle } = standInsOf(test, cassette, plan.tables, (one) => problems.push(one));
  try {
    const seen = await observe({
      config: plan.config,
      pipeline,
      input: test.input,
      now: test.now,
      rehearsal: { world, sends, standIn },
      maxCost,
      ending: AbortSignal.any([ending, over.signal]),
      problems,
      onNotice: () => undefined,
    });
    return { ...seen, problems: problems.length > 0 ? problems : idle() };
  } finally {
    clock.stop();
  }
}

/** The same numbers in every run, uniform in [0, 1). */
function seeded(): () => number {
  let state = 1;
  return () => {
    // Marsaglia's xorshift32.
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Whether an error is about the case, not about the program. */
function isOfCase(error: unknown): boolean {
  return (
    error instanceof ConfigError ||
    error instanceof SourceError ||
    error instanceof JobError ||
    error instanceof ComputoError
  );
}

/** Reads the cassette of a case; undefined: it has none. @throws CassetteError */
export function cassetteOf({ ai }: PlannedCase, read: (file: string) => Cassette): Cassette | undefined {
  return ai.kind === 'cassette' ? read(ai.file) : undefined;
}
