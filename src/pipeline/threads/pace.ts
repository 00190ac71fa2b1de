import type { BlockProcessor } from '../block-processor.js';

/** Before so much is done code is still being compiled: it does not tell what the rest takes. */
const WARM_UP_BYTES = 16 << 20;

/** How long a thread works on blocks, and how much longer it would. */
export interface Pace {
  /** What it works with: takes note of how long each block takes. */
  readonly process: BlockProcessor;
  /** Milliseconds of work that seem to be left; 0 while the code is warming up. Where nobody knows: as much again as was done. */
  leftMs(): number;
}

/** @param inputBytes of the whole input, where they are known */
export function paceOf(work: BlockProcessor, inputBytes: number | undefined): Pace {
  let bytes = 0;
  let ms = 0;
  let warm: { readonly bytes: number; readonly ms: number } | undefined;
  const timed: BlockProcessor = Object.assign(
    (...[block, meta]: Parameters<BlockProcessor>) => {
      // `performance` would have to be loaded first.
      const startedAt = process.uptime();
      const result = work(block, meta);
      ms += (process.uptime() - startedAt) * 1000;
      bytes += block.kind === 'lines' ? block.bytes.length : block.lineBytes;
      if (bytes >= WARM_UP_BYTES) warm ??= { bytes, ms };
      return result;
    },
    { memory: work.memory },
  );
  return {
    process: timed,
    leftMs() {
      if (inputBytes === undefined) return ms;
      if (warm === undefined || bytes === warm.bytes) return 0;
      return ((ms - warm.ms) / (bytes - warm.bytes)) * (inputBytes - bytes);
    },
  };
}
