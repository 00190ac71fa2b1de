import { Worker } from 'node:worker_threads';
import type { Block, LineBlock, SpareMemory } from '../../sources/index.js';
import type { BlockMeta, BlockResult } from '../batch.js';
import type { BlockContent } from '../lines/event-lines.js';
import type { Tap, TapCatch, TapWish } from '../tap.js';
import { isSame, type Place, type WorkPlace } from './work-place.js';

/** Worker threads bring their own heap; this bounds it well above what a block of the longest lines needs. */
export const WORKER_HEAP_MB = 512;

/** Request numbers begin anew behind this, so that they fit where a worker notes them. */
const REQUEST_NUMBER_MAX = 2 ** 31 - 1;

/** What a worker is started with. */
export interface WorkerData {
  /** The block options as JSON text. */
  readonly options: string;
  /** Where it is to note where it is. */
  readonly place?: WorkPlace['memory'] | undefined;
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

/** Why a worker ended: its time was over, it took too much memory, or it met something else that it did not survive. */
export type EndOfWorker = 'timeout' | 'memory' | 'error';

/** A worker has ended before it answered. */
export class WorkerEnded extends Error {
  override readonly name = 'WorkerEnded';

  /** @param line the line of this block that it was at; undefined: it was at none of this block */
  constructor(
    readonly why: EndOfWorker,
    readonly line: number | undefined,
    /** Whether it was at a line at all, of whichever block. */
    readonly wasAtWork: boolean,
    override readonly cause: Error | undefined,
  ) {
    super(cause?.message ?? 'a worker thread has ended');
  }
}

/** One worker thread, from this side. */
export interface WorkerHandle {
  /** Whether it has answered that it is up. */
  readonly isReady: boolean;
  /** Blocks it works on or has waiting. */
  blocksHeld(): number;
  /** @throws WorkerEnded */
  send(block: Block, meta: BlockMeta): Promise<BlockResult>;
  /** Where it is, if it notes that. */
  place(): Place | undefined;
  /** Ends it because of a line. If it is done with that by then, it was at no line when it ended. */
  endAt(place: Place): void;
  close(): Promise<void>;
}

interface Waiting {
  readonly tap: Tap | undefined;
  readonly recycle: LineBlock['recycle'];
  readonly resolve: (result: BlockResult) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * @param options the block options as JSON text
 * @param memory what its outputs are given back to, and its memory comes from
 * @param place where it notes where it is
 */
export function startWorker(script: URL, options: string, memory: SpareMemory, place?: WorkPlace): WorkerHandle {
  const workerData: WorkerData = { options, place: place?.memory };
  const worker = new Worker(script, { workerData, resourceLimits: { maxOldGenerationSizeMb: WORKER_HEAP_MB } });
  const waiting = new Map<number, Waiting>();
  let isReady = false;
  let why: EndOfWorker = 'timeout';
  let cause: Error | undefined;
  let hasEnded = false;
  let doomedAt: Place | undefined;
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
    cause = error instanceof Error ? error : new Error(String(error));
    why = 'code' in cause && cause.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'memory' : 'error';
  });
  // Nothing that it sent comes after this.
  worker.on('exit', () => {
    hasEnded = true;
    const at = place?.now();
    const isGuilty = at !== undefined && (doomedAt === undefined || isSame(at, doomedAt));
    for (const [asked, asker] of waiting) {
      const line = isGuilty && asked === at.request ? at.line : undefined;
      asker.reject(new WorkerEnded(why, line, at !== undefined, cause));
    }
    waiting.clear();
  });

  return {
    get isReady() {
      return isReady;
    },
    blocksHeld: () => waiting.size,
    send(block, { tap, ...meta }) {
      return new Promise((resolve, reject) => {
        if (hasEnded) {
          reject(new WorkerEnded(why, undefined, false, cause));
          return;
        }
        number = (number % REQUEST_NUMBER_MAX) + 1;
        const recycle = block.kind === 'lines' ? block.recycle : undefined;
        waiting.set(number, { tap, recycle, resolve, reject });
        const spare = memory.takeSpare();
        const request: WorkerRequest = { number, block: contentOf(block), meta, tap: tap?.wish, memory: spare };
        worker.postMessage(request, spare === undefined ? ownMemory(block) : [...ownMemory(block), spare]);
      });
    },
    place: () => place?.now(),
    endAt(at) {
      doomedAt ??= at;
      void worker.terminate();
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
