import { limitEvents } from '../../pipeline/index.js';
import { mergeSources, openSource, type Block, type Source } from '../../sources/index.js';
import type { RunPlan } from './plan.js';
import { reportingFormat } from './report-format.js';

/** @param onNotice receives notices for the user @throws SourceError */
export function openSources(
  { inputs, formats, block, follow, keys }: RunPlan,
  onNotice: (message: string) => void,
): readonly Source[] {
  const { lineBytesMax } = block;
  return inputs.map((name) => {
    const format = formats.get(name);
    const source = openSource(name, { lineBytesMax, follow, format, keys, onNotice });
    return reportingFormat(source, format, onNotice);
  });
}

/** Reads the events of all sources, up to the plan's limit. */
export function readSources(plan: RunPlan, sources: readonly Source[], signal: AbortSignal): AsyncIterable<Block> {
  const merged = mergeSources(sources, plan.follow ? 'side-by-side' : 'in-order', signal);
  return plan.limit === undefined ? merged : limitEvents(merged, plan.limit);
}
