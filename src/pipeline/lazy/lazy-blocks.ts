import { isUtf8 } from 'node:buffer';
import type { Batch, BlockMeta } from '../batch.js';
import type { BlockContent, LineOptions } from '../lines/event-lines.js';
import { lazyLines, type LazyLines } from './lazy-lines.js';
import { lazyPipeline } from './lazy-pipeline.js';
import type { PipelineSpec } from '../spec.js';

const NEWLINE = 0x0a;

/** How many blocks take the full path after one whose lines mostly had to: an attempt costs part of what it may save. */
const BLOCKS_UNTRIED = 15;

/** Processes what it can of a block; the rest, if any, must take the full path. */
export type LazyBlocks = (
  block: BlockContent,
  batch: Batch,
  meta: BlockMeta,
  openLine: (line: Buffer) => void,
) => BlockContent | undefined;

/** The fast path through a pipeline, for suitable blocks and lines. */
export function lazyBlocks(options: LineOptions & { readonly pipeline: PipelineSpec }): LazyBlocks {
  const { pipeline, depthMax } = options;
  const lazy = options.parseWhole === true ? undefined : lazyPipeline(pipeline, depthMax);
  return whereFit(lazy && lazyLines(lazy, pipeline, options));
}

/** A fast path for suitable blocks. @param process undefined: there is none */
export function whereFit(process: LazyLines | undefined): LazyBlocks {
  if (process === undefined) return (block) => block;
  let untried = 0;

  return (block, batch, meta, openLine) => {
    if (block.kind !== 'lines' || untried > 0 || !isUtf8(block.bytes)) {
      untried = Math.max(0, untried - 1);
      return block;
    }
    const { bytes } = block;
    // Only the last line of a source may lack its newline.
    const whole = bytes.lastIndexOf(NEWLINE) + 1;
    const before = batch.line;
    const full = process(bytes.subarray(0, whole), batch, meta, openLine);
    if (full * 2 > batch.line - before) untried = BLOCKS_UNTRIED;
    return batch.isOver || whole === bytes.length ? undefined : { kind: 'lines', bytes: bytes.subarray(whole) };
  };
}
