import { limitEvents } from '../../pipeline/index.js';
import { mergeSources, openSource, type Block, type Source } from '../../sources/index.js';
import type { RunPlan } from './plan.js';

/** @param onNotice told what a person should know @throws SourceError */
export function openSources(
  { inputs, block, follow }: RunPlan,
  onNotice: (message: string) => void,
): readonly Source[] {
  return inputs.map((name) => openSource(name, { lineBytesMax: block.lineBytesMax, follow, onNotice }));
}

/** The events of all sources, as many as the plan wants. */
export function readSources(plan: RunPlan, sources: readonly Source[], signal: AbortSignal): AsyncIterable<Block> {
  const merged = mergeSources(sources, plan.follow ? 'side-by-side' : 'in-order', signal);
  return plan.limit === undefined ? merged : limitEvents(merged, plan.limit);
}
