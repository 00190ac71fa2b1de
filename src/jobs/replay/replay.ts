import type { BlockRunResult } from '../../pipeline/index.js';
import { openEngines } from '../engines/engines.js';
import type { ProgressTalk } from '../run/run.js';
import type { PersonTalk } from '../talk.js';
import { startReplay } from './open-replay.js';
import type { ReplayPlan } from './plan.js';
import { replayRaw } from './raw.js';
import { refuseState } from './refuse-state.js';
import { performRuns } from './runs.js';
import { runsToOneOutput } from './through.js';
import { runsToOutputs } from './to-outputs.js';

/** The result of a replay. */
export interface ReplayOutcome {
  readonly result: BlockRunResult;
  /** The number of damaged places of the log. */
  readonly damagedPlaces: number;
}

/**
 * Processes stored events, or dead letters, once more.
 *
 * @param signal aborted when the replay is to end: pending work is finished
 * @throws LogError, SourceError, SinkError, ConfigError, JobError
 */
export async function replay(
  plan: ReplayPlan,
  talk: PersonTalk & ProgressTalk,
  signal: AbortSignal,
): Promise<ReplayOutcome> {
  const { way } = plan;
  if (way.kind !== 'raw') refuseState(plan, way.pipelines, way.kind === 'to-outputs');
  const underWay = await startReplay(plan, talk, signal);
  if (way.kind === 'raw') {
    return { result: await replayRaw(underWay, way), damagedPlaces: underWay.damagedPlaces() };
  }
  const progress = talk.progress?.(undefined);
  const engines = await openEngines({ ...plan, pipelines: way.pipelines }, talk.notice);
  signal.addEventListener('abort', () => engines.drain());
  try {
    const runs =
      way.kind === 'pipelines' ? runsToOneOutput(underWay, way, engines) : runsToOutputs(underWay, way, engines);
    const result = await performRuns(runs, underWay, (now) => progress?.update(now));
    return { result, damagedPlaces: underWay.damagedPlaces() };
  } finally {
    progress?.close();
    await engines.close();
  }
}
