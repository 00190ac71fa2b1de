import { readStoredEvent } from '../../event/index.js';
import { PIECE_BYTES, type Block, type SpareMemory } from '../../sources/index.js';
import type { Clock } from '../../world/index.js';
import { withOpen } from '../across/open-events.js';
import { StateMirror } from '../across/state-mirror.js';
import type { BlockMeta, BlockResult } from '../batch.js';
import { keepsState } from '../stages/index.js';
import type { EventOptions } from '../ai/event-executor.js';
import type { BlockOptions } from '../block-processor.js';
import { EventFailure } from '../failure.js';
import { givingUp } from '../give-up.js';
import { HeldBlocks } from '../held-blocks.js';
import { linesIn, linesOf } from '../lines/lines-of.js';
import { mergeResults } from '../merge-results.js';
import type { BlockExecutor } from '../run-blocks.js';
import { RunPaused } from '../run-paused.js';
import { callMaker } from './asked-calls.js';
import { LineClock } from './line-clock.js';
import { sendOptions } from './sent-options.js';
import { WorkPlace } from './work-place.js';
import { BLOCKS_PER_WORKER, WorkerEnded, workerHandle, type EndOfWorker, type WorkerHandle } from './worker-handle.js';
import { workerProcess } from './worker-process.js';
import { WORKER_HEAP_MB, workerThread } from './worker-thread.js';

/** A line is late after this fraction of its maximum time, or after {@link LATE_MS_MAX}. */
const LATE_PARTS = 10;
const LATE_MS_MAX = 1000;
/** How often the workers are checked before a line is late. */
const LOOKS_UNTIL_LATE = 2;

export interface WatchedOptions {
  /** The number of threads, 1 or more. */
  readonly workers: number;
  /** The worker's bundled program. */
  readonly script: URL;
  /** An event that takes longer is given up. */
  readonly eventTimeoutMs: number;
  /** The pool of memory for blocks. */
  readonly memory: SpareMemory;
  readonly clock: Pick<Clock, 'elapsed' | 'wait'>;
  /** Called with each worker that ended in the middle of its work. */
  readonly onWorkerEnded: (why: EndOfWorker) => void;
  /** Called with each event that was given up. @param id undefined for a line that is not a stored event */
  readonly onGivenUp: (id: string | undefined, reason: string) => void;
  /** Set for a pipeline with AI stages. Its blocks are stored events, of one line each, and one worker takes them all. */
  readonly calling?: CallOptions;
}

/** How this thread makes the calls of AI stages. */
export type CallOptions = Pick<EventOptions, 'calls' | 'concurrency' | 'window'>;

export interface WatchedExecutor extends BlockExecutor {
  /** How long the slowest late line has been processed; undefined: no line is late. */
  lateMs(): number | undefined;
  /** Stops the work in progress: its events count as not read. */
  close(): Promise<void>;
}

/** A worker, and how long it has been at its line. */
interface Watched {
  readonly handle: WorkerHandle;
  readonly clock: LineClock;
}

/** A place for a worker; if it is empty, the next block starts one. */
interface Slot {
  worker: Watched | undefined;
}

/**
 * Spreads blocks over worker threads and processes none itself, so that this thread keeps running whatever an event does. An
 * event that takes too long, or more memory than a worker has, ends its worker and is handled by `on_error`; the other events of
 * its block are processed again. Only complete blocks count, so that nothing is lost or duplicated.
 *
 * @throws ComputoError when the script of the routing key can't be compiled
 */
export function watchedExecutor(options: BlockOptions, watched: WatchedOptions): WatchedExecutor {
  const { script, eventTimeoutMs, memory, clock, onWorkerEnded, onGivenUp, calling } = watched;
  // The state of the stages is in one worker, and mirrored here for the worker that replaces it.
  const mirror = options.pipeline.stages.some(keepsState) ? new StateMirror() : undefined;
  const workers = calling === undefined && mirror === undefined ? watched.workers : 1;
  const data = { ...sendOptions(options), window: calling?.window };
  const held = new HeldBlocks(calling === undefined ? workers * BLOCKS_PER_WORKER - 1 : calling.window);
  /** With state, blocks are processed one after another. */
  let last: Promise<unknown> = Promise.resolve();
  const makeCall = calling && callMaker(options.pipeline, calling);
  const giveUp = givingUp(options);
  const lateMs = Math.min(LATE_MS_MAX, eventTimeoutMs / LATE_PARTS);
  const lookMs = lateMs / LOOKS_UNTIL_LATE;
  const slots = Array.from({ length: workers }, (): Slot => ({ worker: undefined }));
  /** The slot for blocks that must be processed alone. */
  const apart: Slot = { worker: undefined };
  /** Unfinished blocks: those that must be processed alone, and the others. */
  const alone = new Set<Promise<unknown>>();
  const shared = new Set<Promise<unknown>>();
  const closing = new AbortController();
  const isClosing = (): boolean => closing.signal.aborted;
  let isWatching = false;

  return {
    // With the one that is read ahead, these are enough to keep all workers busy.
    get width() {
      return held.width;
    },
    submit(block, meta) {
      const [own, others] = block.alone === true ? [alone, shared] : [shared, alone];
      const before = mirror === undefined ? Promise.all(others) : last;
      const done = held.until(
        block,
        before.then(() => work(block, meta)),
      );
      last = done.catch(ignore);
      const settled = done.then(ignore, ignore);
      own.add(settled);
      void settled.then(() => own.delete(settled));
      void watch();
      return done;
    },
    recycle: (lines) => memory.give(lines),
    ...(mirror && {
      state: withOpen(options.pipeline.stages, { track: ignore, restore: (state) => mirror.apply(state) }),
    }),
    lateMs() {
      const slowest = Math.max(...[apart, ...slots].map(({ worker }) => worker?.clock.ms ?? 0));
      return slowest >= lateMs ? slowest : undefined;
    },
    async close() {
      closing.abort();
      await Promise.all([apart, ...slots].map(async ({ worker }) => worker?.handle.close()));
    },
  };

  async function work(block: Block, meta: BlockMeta): Promise<BlockResult> {
    if (block.alone !== true) closeApart();
    const result = await complete(block, meta);
    if (block.kind === 'lines') block.recycle?.(block.bytes);
    return result;
  }

  /** Ends the process for blocks that must be processed alone, once all of them are done. */
  function closeApart(): void {
    const { worker } = apart;
    if (worker === undefined || worker.handle.blocksHeld() > 0) return;
    apart.worker = undefined;
    void worker.handle.close();
  }

  /** Processes a block until it is complete, even if workers end meanwhile. */
  async function complete(block: Block, meta: BlockMeta): Promise<BlockResult> {
    for (;;) {
      if (isClosing()) throw new RunPaused('aborted', 'the work was cut off');
      try {
        return await send(block.alone === true ? apart : freeSlot(), copyOf(block, memory), meta);
      } catch (error) {
        if (!(error instanceof WorkerEnded)) throw error;
        if (isClosing()) continue;
        // A worker that dies before its first line would do so again.
        if (error.why !== 'timeout' && !error.wasAtWork) throw error.cause ?? error;
        if (error.line !== undefined) return await completeInParts(block, meta, error, error.line);
      }
    }
  }

  /** Processes a block at whose `line` a worker has ended: the lines before it, the line itself, and the lines after it. */
  async function completeInParts(
    block: Block,
    meta: BlockMeta,
    ended: WorkerEnded,
    line: number,
  ): Promise<BlockResult> {
    const { why } = ended;
    onWorkerEnded(why);
    const lines = block.kind === 'lines' ? linesIn(block.bytes) : 1;
    if (block.kind !== 'lines' || lines <= 1) {
      // Other events were waiting for answers in the same worker. Only processing this one alone shows whether it takes too much
      // memory.
      const isOneOfMany = calling !== undefined && why !== 'timeout' && block.alone !== true;
      return await (isOneOfMany ? complete({ ...block, alone: true }, meta) : completeWithout(block, meta, ended));
    }
    // After the last line, the worker was combining the results of all lines.
    const cuts = line < lines ? [line, line + 1] : [lines >> 1];
    const results: BlockResult[] = [];
    let from = 0;
    for (const to of [...cuts, lines]) {
      if (to === from) continue;
      const part: Block = { ...block, bytes: linesOf(block.bytes, from, to), recycle: undefined };
      const partMeta = { ...meta, counter: meta.counter + from };
      // Other lines may have used too much memory; only processing the line by itself shows whether it does.
      const isGuilty = why === 'timeout' && from === line && line < lines;
      const result = await (isGuilty ? completeWithout(part, partMeta, ended) : complete(part, partMeta));
      results.push(result);
      if (result.stopped) break;
      from = to;
    }
    return mergeResults(results);
  }

  /** Processes a block of one line without the event that was in progress when the worker ended: a made event, or the line's own. */
  async function completeWithout(
    block: Block,
    meta: BlockMeta,
    { why, made, message }: WorkerEnded,
  ): Promise<BlockResult> {
    const { givenUp = [] } = meta;
    if (made > 0 && !givenUp.some((one) => one.made === made)) {
      const reason = reasonOf(why, message);
      onGivenUp(idOf(block), `${reason}; it was made of others when this one came`);
      return await complete(block, { ...meta, givenUp: [...givenUp, { made, reason }] });
    }
    // A separate process that was killed did not report its place.
    const isUnknown = mirror !== undefined && block.alone === true && why === 'timeout';
    return isUnknown ? await complete({ ...block, alone: false }, meta) : abandon(block, meta, why, message);
  }

  /** Fails the event of the block's only line. */
  function abandon(block: Block, meta: BlockMeta, why: EndOfWorker, message: string): BlockResult {
    const reason = reasonOf(why, message);
    onGivenUp(idOf(block), reason);
    return giveUp(block, meta, new EventFailure('limit_exceeded', reason));
  }

  function reasonOf(why: EndOfWorker, message: string): string {
    switch (why) {
      case 'timeout':
        return `the event was in work for more than ${eventTimeoutMs} ms (processing.event_timeout)`;
      case 'memory':
        return `the event takes more memory than a worker has (${WORKER_HEAP_MB} MB)`;
      case 'error':
        return `a worker did not survive the event: ${message}`;
    }
  }

  function freeSlot(): Slot {
    return slots.reduce((best, one) => (heldBy(one) < heldBy(best) ? one : best));
  }

  async function send(slot: Slot, block: Block, meta: BlockMeta): Promise<BlockResult> {
    if (mirror !== undefined) await endOthers(slot);
    const worker = (slot.worker ??= start(slot === apart));
    try {
      const result = await worker.handle.send(block, meta);
      if (result.changes !== undefined) mirror?.apply(result.changes);
      return result;
    } catch (error) {
      if (error instanceof WorkerEnded && slot.worker === worker) slot.worker = undefined;
      throw error;
    }
  }

  /** Ends the other workers, whose state is outdated. */
  async function endOthers(slot: Slot): Promise<void> {
    for (const other of [apart, ...slots]) {
      const { worker } = other;
      if (other === slot || worker === undefined) continue;
      other.worker = undefined;
      await worker.handle.close();
    }
  }

  function start(isApart: boolean): Watched {
    const state = mirror && JSON.stringify(mirror.all());
    const workerData = { ...data, ...(state !== undefined && { state }) };
    const handle = workerHandle(
      memory,
      (talk) =>
        isApart ? workerProcess(script, workerData, talk) : workerThread(script, workerData, talk, new WorkPlace()),
      makeCall,
    );
    return { handle, clock: new LineClock(2 * lookMs) };
  }

  /** Checks the workers as long as there is work, and ends those that are at one line for too long. */
  async function watch(): Promise<void> {
    if (isWatching) return;
    isWatching = true;
    while (alone.size + shared.size > 0 && !isClosing()) {
      await clock.wait(lookMs, closing.signal);
      const now = clock.elapsed();
      for (const { worker } of [apart, ...slots]) {
        if (worker === undefined) continue;
        const place = worker.handle.place();
        worker.clock.observe(place, now);
        if (place !== undefined && worker.clock.ms > eventTimeoutMs) worker.handle.endAt(place);
      }
    }
    for (const { worker } of [apart, ...slots]) worker?.clock.observe(undefined, 0);
    isWatching = false;
  }
}

function heldBy({ worker }: Slot): number {
  return worker?.handle.blocksHeld() ?? 0;
}

/** Copies a block, so that it may be moved to another thread, and lost if that thread ends. */
function copyOf(block: Block, memory: SpareMemory): Block {
  if (block.kind !== 'lines') return block;
  const { bytes, source, startsFile } = block;
  const isLarge = bytes.length * 2 > PIECE_BYTES && bytes.length <= PIECE_BYTES;
  const copy = isLarge ? memory.take().subarray(0, bytes.length) : Buffer.allocUnsafe(bytes.length);
  bytes.copy(copy);
  return { kind: 'lines', bytes: copy, source, startsFile, recycle: (used) => memory.give(used) };
}

function idOf(block: Block): string | undefined {
  return block.kind === 'lines' ? readStoredEvent(block.bytes.toString('utf8'))?.origin.id : undefined;
}

function ignore(): undefined {
  return undefined;
}
