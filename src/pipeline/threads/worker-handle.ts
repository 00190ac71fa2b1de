import { Worker } from 'node:worker_threads';
import type { Block, LineBlock, SpareMemory } from '../../sources/index.js';
import type { BlockMeta, BlockResult } from '../batch.js';
import type { BlockContent } from '../lines/event-lines.js';
import type { Tap, TapCatch, TapWish } from '../tap.js';

/** Worker threads bring their own heap; this bounds it well above what a block of the longest lines needs. */
const WORKER_HEAP_MB = 512;

/** What a worker is started with: the block options as JSON text. */
export interface WorkerData {
  readonly options: string;
}

export interface WorkerRequest {
  readonly number: number;
  readonly block: BlockContent;
  readonly meta: Omit<BlockMeta, 'tap'>;
  readonly tap: TapWish | undefined;
  /** For the lines that come of it. */
  readonly memory: ArrayBuffer | undefined;
}

export type WorkerReply =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'result';
      readonly number: number;
      readonly result: BlockResult;
      readonly seen: readonly TapCatch[];
      /** The block's bytes, which nobody needs any more, where they have memory of their own. */
      readonly used: readonly Uint8Array[];
    }
  | { readonly kind: 'error'; readonly number: number; readonly error: unknown };

/** One worker thread, from this side. */
export interface WorkerHandle {
  /** Blocks it works on or has waiting; more than any limit while it is not up yet. */
  blocksHeld(): number;
  send(block: Block, meta: BlockMeta): Promise<BlockResult>;
  close(): Promise<void>;
}

interface Waiting {
  readonly tap: Tap | undefined;
  readonly recycle: LineBlock['recycle'];
  readonly resolve: (result: BlockResult) => void;
  readonly reject: (error: unknown) => void;
}

/** @param memory what its outputs are given back to, and its memory comes from */
export function startWorker(script: URL, workerData: WorkerData, memory: SpareMemory): WorkerHandle {
  const worker = new Worker(script, { workerData, resourceLimits: { maxOldGenerationSizeMb: WORKER_HEAP_MB } });
  const waiting = new Map<number, Waiting>();
  let isReady = false;
  let failure: Error | undefined;
  let number = 0;

  const take = (asked: number): Waiting | undefined => {
    const asker = waiting.get(asked);
    waiting.delete(asked);
    return asker;
  };
  worker.on('message', (reply: WorkerReply) => {
    if (reply.kind === 'ready') isReady = true;
    else if (reply.kind === 'error') take(reply.number)?.reject(reply.error);
    else {
      const asker = take(reply.number);
      reply.used.forEach((bytes) => asker?.recycle?.(bytes));
      asker?.tap?.pass(reply.seen);
      asker?.resolve({ ...reply.result, outputs: reply.result.outputs.map(asBuffer) });
    }
  });
  worker.on('error', (error) => {
    failure = error instanceof Error ? error : new Error(String(error));
    for (const asker of waiting.values()) asker.reject(failure);
    waiting.clear();
  });

  return {
    blocksHeld: () => (isReady ? waiting.size : Number.POSITIVE_INFINITY),
    send(block, { tap, ...meta }) {
      return new Promise((resolve, reject) => {
        if (failure !== undefined) {
          reject(failure);
          return;
        }
        number += 1;
        const recycle = block.kind === 'lines' ? block.recycle : undefined;
        waiting.set(number, { tap, recycle, resolve, reject });
        const spare = memory.takeSpare();
        const request: WorkerRequest = { number, block: contentOf(block), meta, tap: tap?.wish, memory: spare };
        worker.postMessage(request, spare === undefined ? ownMemory(block) : [...ownMemory(block), spare]);
      });
    },
    async close() {
      await worker.terminate();
    },
  };
}

/** What the processor needs of a block, and nothing that only its source understands. */
function contentOf(block: BlockContent): BlockContent {
  return block.kind === 'lines'
    ? { kind: block.kind, bytes: block.bytes }
    : { kind: block.kind, head: block.head, lineBytes: block.lineBytes };
}

/** Moving memory saves copying it. A small slice may share its memory with others, which must not lose it. */
function ownMemory(block: BlockContent): ArrayBuffer[] {
  const { buffer, length } = block.kind === 'lines' ? block.bytes : block.head;
  return buffer instanceof ArrayBuffer && length * 2 > buffer.byteLength ? [buffer] : [];
}

/** Structured cloning turns a Buffer into the plain Uint8Array that it is. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
