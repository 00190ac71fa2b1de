import type { Block, LineBlock, SpareMemory } from '../../sources/index.js';
import type { BlockMeta, BlockResult } from '../batch.js';
import type { BlockContent } from '../lines/event-lines.js';
import { RunPaused, type PauseReason } from '../run-paused.js';
import type { Tap, TapCatch, TapWish } from '../tap.js';
import type { AnsweredAsk, AskedCall } from './asked-calls.js';
import type { SentOptions } from './sent-options.js';
import { isSame, type WorkerPlace } from './work-place.js';

/** Request numbers begin anew behind this, so that they fit where a worker notes them. */
const REQUEST_NUMBER_MAX = 2 ** 31 - 1;

/** What a worker is started with. */
export interface WorkerData extends SentOptions {
  /** Where it is to note where it is. */
  readonly place?: SharedArrayBuffer | undefined;
  /** It is to say when it rests: nobody who waits for that sees its place. */
  readonly tellsRest?: boolean;
  /** What its stages know of the events before, as JSON text; undefined: they know nothing, and nobody asks for it. */
  readonly state?: string | undefined;
  /** For a pipeline with AI stages: how many events it may hold at a time. */
  readonly window?: number | undefined;
}

export type WorkerRequest = BlockRequest | OutcomeRequest;

interface BlockRequest {
  readonly kind: 'block';
  readonly number: number;
  readonly block: BlockContent;
  readonly meta: Omit<BlockMeta, 'tap'>;
  readonly tap: TapWish | undefined;
  /** For the lines that come of it. */
  readonly memory: ArrayBuffer | undefined;
}

/** What came of a call that it asked for. */
interface OutcomeRequest extends AnsweredAsk {
  readonly kind: 'outcome';
  /** Of the block that the call is for. */
  readonly number: number;
}

export type WorkerReply =
  | { readonly kind: 'ready' }
  /** It does nothing for this block now: the block is done, or waits for the outcome of a call. */
  | { readonly kind: 'rests'; readonly number: number }
  /** Of one in a process of its own: it ends now, and was at this place, see {@link WorkerPlace.made}. */
  | { readonly kind: 'ends'; readonly made: number }
  | ({ readonly kind: 'call'; readonly number: number; readonly seen: readonly TapCatch[] } & AskedCall)
  | {
      readonly kind: 'result';
      readonly number: number;
      readonly result: BlockResult;
      readonly seen: readonly TapCatch[];
      /** The block's bytes, which nobody needs any more, where they have memory of their own. */
      readonly used: readonly Uint8Array[];
    }
  | { readonly kind: 'paused'; readonly number: number; readonly reason: PauseReason; readonly message: string }
  | { readonly kind: 'error'; readonly number: number; readonly error: unknown };

/** Why a worker ended: its time was over, it took too much memory, or it met something else that it did not survive. */
export type EndOfWorker = 'timeout' | 'memory' | 'error';

/** A worker has ended before it answered. */
export class WorkerEnded extends Error {
  override readonly name = 'WorkerEnded';

  /**
   * @param line the line of this block that it was at; undefined: it was at none of this block
   * @param made which of the events that its stages make for that line, see {@link WorkerPlace.made}
   */
  constructor(
    readonly why: EndOfWorker,
    readonly line: number | undefined,
    readonly made: number,
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
  place(): WorkerPlace | undefined;
  /** Ends it because of a line. If it is done with that by then, it was at no line when it ended. */
  endAt(place: WorkerPlace): void;
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
  place(): WorkerPlace | undefined;
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
 * @param makeCall makes the calls that it asks for
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
          take(reply.number)?.reject(new RunPaused(reply.reason, reply.message));
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
      // Its block is not done. What the worker has of it waits for nothing that comes, and goes with the run that ends now.
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
