import { limitEvents } from '../../pipeline/index.js';
import { mergeSources, openSource, type Block, type Source } from '../../sources/index.js';
import type { RunPlan } from './plan.js';
import { tellingFormat } from './tell-format.js';

/** @param onNotice told what a person should know @throws SourceError */
export function openSources(
  { inputs, formats, block, follow }: RunPlan,
  onNotice: (message: string) => void,
): readonly Source[] {
  const { lineBytesMax } = block;
  return inputs.map((name) => {
    const format = formats.get(name);
    const source = openSource(name, { lineBytesMax, follow, format, onNotice });
    return tellingFormat(source, format, onNotice);
  });
}

/** The events of all sources, as many as the plan wants. */
export function readSources(plan: RunPlan, sources: readonly Source[], signal: AbortSignal): AsyncIterable<Block> {
  const merged = mergeSources(sources, plan.follow ? 'side-by-side' : 'in-order', signal);
  return plan.limit === undefined ? merged : limitEvents(merged, plan.limit);
}
