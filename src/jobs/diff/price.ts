import type { LoadedConfig } from '../../config/index.js';
import { isAiStage } from '../../pipeline/index.js';
import type { Block } from '../../sources/index.js';
import { forecast, type Bill } from '../forecast/index.js';
import { startReplay } from '../replay/open-replay.js';
import type { RunPlan } from '../run/plan.js';
import type { PipelineServePlan } from '../serve-plan.js';
import type { PersonTalk } from '../talk.js';
import { chosenEvents, refuseState } from './diff.js';
import type { DiffPlan } from './plan.js';

/**
 * What a comparison would cost, for each pipeline that it sends events through. Sends nothing: answers of the journal cost
 * nothing, and only requests that changed are not in it.
 *
 * @throws LogError, ConfigError, JobError
 */
export async function priceDiff(plan: DiffPlan, talk: PersonTalk, signal: AbortSignal): Promise<readonly Bill[]> {
  const { replay, before } = plan;
  refuseState(plan);
  const bills: Bill[] = [];
  for (const pipeline of replay.way.pipelines) {
    const name = pipeline.spec.name;
    bills.push(await billFor(plan, replay.config, pipeline, name, talk, signal));
    const old = before.kind === 'pipelines' ? before.pipelines.get(name) : undefined;
    if (before.kind !== 'pipelines' || old === undefined) continue;
    const bill = await billFor(plan, before.config, old, name, talk, signal);
    bills.push({ ...bill, pipeline: `${bill.pipeline} (before)` });
  }
  return bills;
}

async function billFor(
  plan: DiffPlan,
  config: LoadedConfig,
  { spec, block, budget }: PipelineServePlan,
  sentTo: string,
  talk: PersonTalk,
  signal: AbortSignal,
): Promise<Bill> {
  const { live, maxCost, stateFolder } = plan.replay;
  const run: RunPlan = {
    inputs: ['the log'],
    formats: new Map(),
    follow: false,
    pipeline: spec,
    outputs: [],
    deadLetters: { kind: 'stderr' },
    block,
    threads: { count: 1, asked: false },
    unordered: false,
    ...(spec.stages.some(isAiStage) && {
      ai: { config, live, ...(budget !== undefined && { budget }), ...(maxCost !== undefined && { maxCost }) },
    }),
    ownFiles: [],
    stateFolder,
  };
  return await forecast(run, 0, talk, signal, (reading) => blocksOf(plan, sentTo, talk, reading));
}

async function* blocksOf(plan: DiffPlan, sentTo: string, talk: PersonTalk, signal: AbortSignal): AsyncGenerator<Block> {
  for await (const { block, pipeline } of chosenEvents(await startReplay(plan.replay, talk, signal), plan)) {
    if (pipeline === sentTo) yield block;
  }
}
