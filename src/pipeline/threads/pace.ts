import type { BlockProcessor } from '../block-processor.js';

/** Until this much is processed, code is still being compiled, and says nothing about the speed of the rest. */
const WARM_UP_BYTES = 16 << 20;

/** Measures how long a thread has processed blocks, and estimates the time left. */
export interface Pace {
  /** The processor, which records how long each block takes. */
  readonly process: BlockProcessor;
  /** The estimated work left, in milliseconds; 0 while the code is warming up. If the input size is unknown, as much as was done so far. */
  leftMs(): number;
}

/** @param inputBytes the size of the whole input, if known */
export function paceOf(work: BlockProcessor, inputBytes: number | undefined): Pace {
  let bytes = 0;
  let ms = 0;
  let warm: { readonly bytes: number; readonly ms: number } | undefined;
  const timed: BlockProcessor = Object.assign(
    (...[block, meta]: Parameters<BlockProcessor>) => {
      // Avoids `performance`, which would have to be loaded first.
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
