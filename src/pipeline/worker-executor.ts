import { Worker } from 'node:worker_threads';
import type { Json } from 'computo-js';
import { stringifyJson } from '../json/index.js';
import type { BlockMeta, BlockResult } from './batch.js';
import type { BlockOptions, BlockProcessor } from './block-processor.js';
import type { BlockContent } from './event-lines.js';
import type { BlockExecutor } from './run-blocks.js';

/** Blocks a worker has at a time: the one it works on, and one so that it never waits for the main thread. */
const BLOCKS_PER_WORKER = 2;

/** Worker threads bring their own heap; this bounds it well above what a block of the longest lines needs. */
const WORKER_HEAP_MB = 512;

/** What a worker is started with: {@link BlockOptions} as JSON text, because cloning would lose the numbers that only text holds. */
export interface WorkerData {
  readonly options: string;
}

export interface WorkerRequest {
  readonly number: number;
  readonly block: BlockContent;
  readonly meta: BlockMeta;
}

export type WorkerReply =
  { readonly number: number; readonly result: BlockResult } | { readonly number: number; readonly error: unknown };

interface Waiting {
  readonly resolve: (result: BlockResult) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Spreads blocks over worker threads, and works on this thread too when they all have enough to do: one worker and this
 * thread are as fast as two workers, with less memory.
 *
 * @param workers how many threads to start, 1 or more
 * @param script the worker's bundled program
 */
export function workerExecutor(
  options: BlockOptions,
  processHere: BlockProcessor,
  workers: number,
  script: URL,
): BlockExecutor & { close(): Promise<void> } {
  const optionsText = stringifyJson(options as unknown as Json);
  const pool = Array.from({ length: workers }, () => startWorker(script, { options: optionsText }));
  return {
    width: workers * BLOCKS_PER_WORKER + 1,
    submit(block, meta) {
      const free = pool.find((worker) => worker.waiting.size < BLOCKS_PER_WORKER);
      return free === undefined ? Promise.resolve().then(() => processHere(block, meta)) : free.send(block, meta);
    },
    async close() {
      await Promise.all(pool.map((worker) => worker.close()));
    },
  };
}

function startWorker(script: URL, workerData: WorkerData) {
  const worker = new Worker(script, { workerData, resourceLimits: { maxOldGenerationSizeMb: WORKER_HEAP_MB } });
  const waiting = new Map<number, Waiting>();
  let number = 0;

  worker.on('message', (reply: WorkerReply) => {
    const asker = waiting.get(reply.number);
    waiting.delete(reply.number);
    if ('error' in reply) asker?.reject(reply.error);
    else asker?.resolve({ ...reply.result, outputs: reply.result.outputs.map(asBuffer) });
  });
  worker.on('error', (error) => {
    for (const asker of waiting.values()) asker.reject(error);
    waiting.clear();
  });

  return {
    waiting,
    send(block: BlockContent, meta: BlockMeta): Promise<BlockResult> {
      return new Promise((resolve, reject) => {
        number += 1;
        waiting.set(number, { resolve, reject });
        const bytes = block.kind === 'lines' ? block.bytes : block.head;
        const request: WorkerRequest = { number, block, meta };
        // Transferring moves the memory instead of copying it; a slice of a shared pool must not be moved.
        const own = bytes.buffer instanceof ArrayBuffer && bytes.length * 2 >= bytes.buffer.byteLength;
        worker.postMessage(request, own ? [bytes.buffer] : []);
      });
    },
    async close(): Promise<void> {
      await worker.terminate();
    },
  };
}

/** Structured cloning turns a Buffer into the plain Uint8Array that it is. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
