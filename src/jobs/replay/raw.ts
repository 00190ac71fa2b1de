import { isTickLine, sentTo } from '../../event/index.js';
import { eventFilter, limitEvents, noCounts, type BlockRunResult, type Counts } from '../../pipeline/index.js';
import { SinkClosedError } from '../../sinks/index.js';
import { LeftOut } from './left-out.js';
import type { ReplayWay } from './plan.js';
import type { OpenReplay } from './open-replay.js';
import { openReplaySinks } from './sinks.js';
import { storedBlocks, type AcceptsLine } from './stored-blocks.js';

const NEWLINE = 0x0a;

/** Writes stored events as they are in the log, byte for byte, except for their checksums. */
export async function replayRaw(
  underWay: OpenReplay,
  way: Extract<ReplayWay, { kind: 'raw' }>,
): Promise<BlockRunResult> {
  const counts = noCounts();
  const leftOut = new LeftOut();
  const sinks = await openReplaySinks(underWay, way.output);
  const { outputs } = sinks;
  const accepts = wanted(way, counts, leftOut);
  const stored = storedBlocks(underWay, { singleLines: false, accepts });
  const { limit } = underWay.plan;
  let bytes = 0;
  let endedBy: 'input' | 'closed' = 'input';
  try {
    for await (const block of limit === undefined ? stored : limitEvents(stored, limit)) {
      if (block.kind !== 'lines' || block.bytes.length === 0) continue;
      await outputs[0]?.write(block.bytes);
      counts.output += linesIn(block.bytes);
      bytes += block.bytes.length;
    }
  } catch (error) {
    if (!(error instanceof SinkClosedError)) throw error;
    endedBy = 'closed';
  }
  await sinks.close();
  leftOut.report(underWay.talk.notice);
  counts.input = counts.output + counts.filtered + counts.skipped;
  return { counts, bytes, lines: counts.input, endedBy };
}

/** Selects the lines to write. */
function wanted(
  { pipeline, filters, limits }: Extract<ReplayWay, { kind: 'raw' }>,
  counts: Counts,
  leftOut: LeftOut,
): AcceptsLine {
  const isOfPipeline = pipeline === undefined ? () => true : sentTo(pipeline);
  const isWanted: AcceptsLine = (bytes, start, end) =>
    !isTickLine(bytes, start, end) && isOfPipeline(bytes, start, end);
  if (filters.stages.length === 0) return isWanted;
  const judge = eventFilter(filters, limits);
  return (bytes, start, end) => {
    if (!isWanted(bytes, start, end)) return false;
    const answer = judge(bytes.toString('utf8', start, end));
    if (typeof answer === 'object') {
      counts.skipped += 1;
      leftOut.addOne(answer.message);
      return false;
    }
    if (!answer) counts.filtered += 1;
    return answer;
  };
}

function linesIn(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) lines += 1;
  return lines;
}
