import type { Block, LineBlock, SpareMemory } from '../../sources/index.js';
import type { BlockMeta, BlockResult } from '../batch.js';
import type { BlockContent } from '../lines/event-lines.js';
import { RunPaused, type PauseReason, type PauseRemedy } from '../run-paused.js';
import type { Tap, TapCatch, TapWish } from '../tap.js';
import type { AnsweredAsk, AskedCall } from './asked-calls.js';
import type { SentOptions } from './sent-options.js';
import { isSame, type WorkerPlace } from './work-place.js';

/** Blocks per worker: the one being processed, and one so that the worker never waits for the main thread. */
export const BLOCKS_PER_WORKER = 2;

/** Request numbers start over after this, so that they fit where a worker records them. */
const REQUEST_NUMBER_MAX = 2 ** 31 - 1;

/** What a worker is started with. */
export interface WorkerData extends SentOptions {
  /** Where the worker records its place. */
  readonly place?: SharedArrayBuffer | undefined;
  /** Whether the worker reports when it rests, because the process that waits for that can't see its place. */
  readonly tellsRest?: boolean;
  /** The state of its stages, as JSON text; undefined: they have none, and nobody needs it. */
  readonly state?: string | undefined;
  /** For a pipeline with AI stages: the maximum number of events that it may hold at a time. */
  readonly window?: number | undefined;
}

export type WorkerRequest = BlockRequest | OutcomeRequest;

interface BlockRequest {
  readonly kind: 'block';
  readonly number: number;
  readonly block: BlockContent;
  readonly meta: Omit<BlockMeta, 'tap'>;
  readonly tap: TapWish | undefined;
  /** Memory for the output lines. */
  readonly memory: ArrayBuffer | undefined;
}

/** The outcome of a call that the worker requested. */
interface OutcomeRequest extends AnsweredAsk {
  readonly kind: 'outcome';
  /** The number of the block that the call is for. */
  readonly number: number;
}

export type WorkerReply =
  | { readonly kind: 'ready' }
  /** The worker does nothing for this block now: the block is done, or waits for the outcome of a call. */
  | { readonly kind: 'rests'; readonly number: number }
  /** From a worker in a separate process: it ends now, and was at this place, see {@link WorkerPlace.made}. */
  | { readonly kind: 'ends'; readonly made: number }
  | ({ readonly kind: 'call'; readonly number: number; readonly seen: readonly TapCatch[] } & AskedCall)
  | {
      readonly kind: 'result';
      readonly number: number;
      readonly result: BlockResult;
      readonly seen: readonly TapCatch[];
      /** The block's bytes, which are no longer needed, if they have memory of their own. */
      readonly used: readonly Uint8Array[];
    }
  | {
      readonly kind: 'paused';
      readonly number: number;
      readonly reason: PauseReason;
      readonly message: string;
      readonly remedy?: PauseRemedy;
    }
  | { readonly kind: 'error'; readonly number: number; readonly error: unknown };

/** Why a worker ended: it ran out of time, it used too much memory, or it did not survive something else. */
export type EndOfWorker = 'timeout' | 'memory' | 'error';

/** A worker ended before it answered. */
export class WorkerEnded extends Error {
  override readonly name = 'WorkerEnded';

  /**
   * @param line the line of this block that the worker was at; undefined: it was at no line of this block
   * @param made which of the events that its stages made because of that line, see {@link WorkerPlace.made}
   */
  constructor(
    readonly why: EndOfWorker,
    readonly line: number | undefined,
    readonly made: number,
    /** Whether the worker was at a line of any block. */
    readonly wasAtWork: boolean,
    override readonly cause: Error | undefined,
  ) {
    super(cause?.message ?? 'a worker thread has ended');
  }
}

/** The main thread's view of one worker. */
export interface WorkerHandle {
  /** Whether the worker has reported that it is ready. */
  readonly isReady: boolean;
  /** The number of blocks being processed or waiting. */
  blocksHeld(): number;
  /** @throws WorkerEnded */
  send(block: Block, meta: BlockMeta): Promise<BlockResult>;
  /** The worker's place, if it records that. */
  place(): WorkerPlace | undefined;
  /** Ends the worker because of a line. If it has finished that line by then, no line is blamed for its end. */
  endAt(place: WorkerPlace): void;
  close(): Promise<void>;
}

interface Waiting {
  readonly tap: Tap | undefined;
  readonly recycle: LineBlock['recycle'];
  readonly resolve: (result: BlockResult) => void;
  readonly reject: (error: unknown) => void;
}

/** Runs a worker's program. */
export interface Runner {
  post(request: WorkerRequest, moved: readonly ArrayBuffer[]): void;
  /** The place that the program is at, if known. */
  place(): WorkerPlace | undefined;
  end(): Promise<void>;
}

/** Receives what the program reports. */
export interface RunnerTalk {
  readonly onReply: (reply: WorkerReply) => void;
  /** Called last. */
  readonly onEnd: (why: EndOfWorker, cause: Error | undefined) => void;
}

/**
 * @param memory the pool from which the worker's memory comes, and to which its outputs are returned
 * @param run starts the program
 * @param makeCall makes the calls that the worker requests
 */
export function workerHandle(
  memory: SpareMemory,
  run: (talk: RunnerTalk) => Runner,
  makeCall?: (asked: AskedCall) => Promise<AnsweredAsk>,
): WorkerHandle {
  const waiting = new Map<number, Waiting>();
  let isReady = false;
  let ended: { readonly why: EndOfWorker; readonly cause: Error | undefined } | undefined;
  let doomedAt: WorkerPlace | undefined;
  let number = 0;

  const take = (asked: number): Waiting | undefined => {
    const asker = waiting.get(asked);
    waiting.delete(asked);
    return asker;
  };
  const runner = run({
    onReply(reply) {
      switch (reply.kind) {
        case 'ready':
          isReady = true;
          break;
        case 'call':
          waiting.get(reply.number)?.tap?.pass(reply.seen);
          void answer(reply);
          break;
        case 'paused':
          take(reply.number)?.reject(new RunPaused(reply.reason, reply.message, reply.remedy));
          break;
        case 'error':
          take(reply.number)?.reject(reply.error);
          break;
        case 'result': {
          const asker = take(reply.number);
          reply.used.forEach((bytes) => asker?.recycle?.(bytes));
          asker?.tap?.pass(reply.seen);
          asker?.resolve({ ...reply.result, outputs: reply.result.outputs.map(asBuffer) });
          break;
        }
        case 'rests':
        case 'ends':
      }
    },
    onEnd(why, cause) {
      ended = { why, cause };
      const at = runner.place();
      const isGuilty = at !== undefined && (doomedAt === undefined || isSame(at, doomedAt));
      for (const [asked, asker] of waiting) {
        const line = isGuilty && asked === at.request ? at.line : undefined;
        asker.reject(new WorkerEnded(why, line, line === undefined ? 0 : (at?.made ?? 0), at !== undefined, cause));
      }
      waiting.clear();
    },
  });

  async function answer({ number: asked, ...call }: AskedCall & { number: number }): Promise<void> {
    try {
      const answered = await makeCall?.(call);
      if (answered !== undefined && ended === undefined)
        runner.post({ kind: 'outcome', number: asked, ...answered }, []);
    } catch (error) {
      // The block is not done. The worker waits for nothing more on its behalf, and the block is dropped with the run, which ends
      // now.
      take(asked)?.reject(error);
    }
  }

  return {
    get isReady() {
      return isReady;
    },
    blocksHeld: () => waiting.size,
    send(block, { tap, ...meta }) {
      return new Promise((resolve, reject) => {
        if (ended !== undefined) {
          reject(new WorkerEnded(ended.why, undefined, 0, false, ended.cause));
          return;
        }
        number = (number % REQUEST_NUMBER_MAX) + 1;
        const recycle = block.kind === 'lines' ? block.recycle : undefined;
        waiting.set(number, { tap, recycle, resolve, reject });
        const spare = memory.takeSpare();
        const content = contentOf(block);
        const request: WorkerRequest = { kind: 'block', number, block: content, meta, tap: tap?.wish, memory: spare };
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

/** Returns the parts of a block that the processor needs, without what only its source understands. */
function contentOf(block: BlockContent): BlockContent {
  return block.kind === 'lines'
    ? { kind: block.kind, bytes: block.bytes }
    : { kind: block.kind, head: block.head, lineBytes: block.lineBytes };
}

/** Moving memory saves copying it. A small slice may share its memory with others, so its memory must not be moved. */
function ownMemory(block: BlockContent): ArrayBuffer[] {
  const { buffer, length } = block.kind === 'lines' ? block.bytes : block.head;
  return buffer instanceof ArrayBuffer && length * 2 > buffer.byteLength ? [buffer] : [];
}

/** Structured cloning turns a Buffer into a plain Uint8Array. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
