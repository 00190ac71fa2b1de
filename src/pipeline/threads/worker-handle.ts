import type { Block, LineBlock, SpareMemory } from '../../sources/index.js';
import type { BlockMeta, BlockResult } from '../batch.js';
import type { BlockContent } from '../lines/event-lines.js';
import type { Tap, TapCatch, TapWish } from '../tap.js';
import { isSame, type Place } from './work-place.js';

/** Request numbers begin anew behind this, so that they fit where a worker notes them. */
const REQUEST_NUMBER_MAX = 2 ** 31 - 1;

/** What a worker is started with. */
export interface WorkerData {
  /** The block options as JSON text. */
  readonly options: string;
  /** Where it is to note where it is. */
  readonly place?: SharedArrayBuffer | undefined;
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

/** One worker, from this side. */
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

/** What runs a worker's program. */
export interface Runner {
  post(request: WorkerRequest, moved: readonly ArrayBuffer[]): void;
  /** Where the program is, if that is known. */
  place(): Place | undefined;
  end(): Promise<void>;
}

/** Who is told what comes of it. */
export interface RunnerTalk {
  readonly onReply: (reply: WorkerReply) => void;
  /** Nothing comes after it. */
  readonly onEnd: (why: EndOfWorker, cause: Error | undefined) => void;
}

/**
 * @param memory what its outputs are given back to, and its memory comes from
 * @param run starts the program
 */
export function workerHandle(memory: SpareMemory, run: (talk: RunnerTalk) => Runner): WorkerHandle {
  const waiting = new Map<number, Waiting>();
  let isReady = false;
  let ended: { readonly why: EndOfWorker; readonly cause: Error | undefined } | undefined;
  let doomedAt: Place | undefined;
  let number = 0;

  const take = (asked: number): Waiting | undefined => {
    const asker = waiting.get(asked);
    waiting.delete(asked);
    return asker;
  };
  const runner = run({
    onReply(reply) {
      if (reply.kind === 'ready') isReady = true;
      else if (reply.kind === 'error') take(reply.number)?.reject(reply.error);
      else {
        const asker = take(reply.number);
        reply.used.forEach((bytes) => asker?.recycle?.(bytes));
        asker?.tap?.pass(reply.seen);
        asker?.resolve({ ...reply.result, outputs: reply.result.outputs.map(asBuffer) });
      }
    },
    onEnd(why, cause) {
      ended = { why, cause };
      const at = runner.place();
      const isGuilty = at !== undefined && (doomedAt === undefined || isSame(at, doomedAt));
      for (const [asked, asker] of waiting) {
        const line = isGuilty && asked === at.request ? at.line : undefined;
        asker.reject(new WorkerEnded(why, line, at !== undefined, cause));
      }
      waiting.clear();
    },
  });

  return {
    get isReady() {
      return isReady;
    },
    blocksHeld: () => waiting.size,
    send(block, { tap, ...meta }) {
      return new Promise((resolve, reject) => {
        if (ended !== undefined) {
          reject(new WorkerEnded(ended.why, undefined, false, ended.cause));
          return;
        }
        number = (number % REQUEST_NUMBER_MAX) + 1;
        const recycle = block.kind === 'lines' ? block.recycle : undefined;
        waiting.set(number, { tap, recycle, resolve, reject });
        const spare = memory.takeSpare();
        const request: WorkerRequest = { number, block: contentOf(block), meta, tap: tap?.wish, memory: spare };
        runner.post(request, spare === undefined ? ownMemory(block) : [...ownMemory(block), spare]);
      });
    },
    place: () => runner.place(),
    endAt(at) {
      doomedAt ??= at;
      void runner.end();
    },
    close: () => runner.end(),
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
