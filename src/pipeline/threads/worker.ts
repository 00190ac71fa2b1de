import { argv } from 'node:process';
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { eventExecutor } from '../ai/event-executor.js';
import type { BlockMeta, BlockResult } from '../batch.js';
import { compileProcessor, looksAcross } from '../across/compile-processor.js';
import type { StateChanges } from '../across/state-table.js';
import type { BlockOptions } from '../block-processor.js';
import type { BlockContent } from '../lines/event-lines.js';
import { wholeOf } from '../merge-results.js';
import { RunPaused } from '../run-paused.js';
import { TapCollector } from '../tap.js';
import { AskedCalls } from './asked-calls.js';
import { receiveOptions } from './sent-options.js';
import { WorkPlace } from './work-place.js';
import { holdThread } from './worker-process.js';
import type { WorkerData, WorkerReply, WorkerRequest } from './worker-handle.js';

type BlockRequest = Extract<WorkerRequest, { readonly kind: 'block' }>;

const { tellsRest = false } = (workerData ?? {}) as Partial<WorkerData>;

if (isMainThread) holdThread(argv[1] ?? '');
else work(workerData as WorkerData);

/** A worker thread's program: compiles the pipeline once, then processes block after block. */
function work({ place: placeMemory, window, state, ...sent }: WorkerData): void {
  const place = placeMemory === undefined ? undefined : new WorkPlace(placeMemory);
  const blockOptions = receiveOptions(sent);
  if (window === undefined) answerBlocks(blockOptions, place, state);
  else answerEvents(blockOptions, window, place);
  reply({ kind: 'ready' });
}

/** For a pipeline without AI stages: finishes each block at once. */
function answerBlocks(options: BlockOptions, place: WorkPlace | undefined, state: string | undefined): void {
  const processBlock = compileProcessor(
    options,
    undefined,
    place && { line: (line) => place.atLine(line), made: (made) => place.atMade(made) },
  );
  if (state !== undefined && looksAcross(processBlock)) {
    processBlock.state.restore(JSON.parse(state) as StateChanges);
    processBlock.state.track();
  }
  parentPort?.on('message', (request: BlockRequest) => {
    const { number, memory } = request;
    place?.begin(number);
    if (memory !== undefined) processBlock.memory.give(new Uint8Array(memory));
    try {
      const { block, meta, collector } = opened(request);
      answer(number, block, wholeOf(processBlock(block, meta)), collector);
    } catch (error) {
      reply({ kind: 'error', number, error });
    }
    rest(number, place);
  });
}

/** For a pipeline with AI stages: many events wait for the outcomes of their calls, which the worker's parent makes. */
function answerEvents(options: BlockOptions, window: number, place: WorkPlace | undefined): void {
  /** The number of the block being processed. */
  let current = 0;
  /** The tapped events of blocks that wait for answers, which are shown when the wait begins. */
  const collectors = new Map<number, TapCollector>();
  const calls = new AskedCalls((asked) => {
    reply({ kind: 'call', number: current, seen: collectors.get(current)?.take() ?? [], ...asked });
  });
  // The parent, which makes the calls, limits them.
  const executor = eventExecutor({ ...options, calls, concurrency: Number.POSITIVE_INFINITY, window });
  parentPort?.on('message', (request: WorkerRequest) => {
    const { number } = request;
    current = number;
    place?.begin(number);
    if (request.kind === 'outcome') calls.answer(request);
    else void answerEvent(request);
    // Everything that follows from a message is done before the next turn of the event loop.
    setImmediate(() => rest(number, place));
  });

  async function answerEvent(request: BlockRequest): Promise<void> {
    const { number } = request;
    try {
      const { block, meta, collector } = opened(request);
      if (collector !== undefined) collectors.set(number, collector);
      answer(number, block, await executor.submit(block, meta), collector);
    } catch (error) {
      if (!(error instanceof RunPaused)) reply({ kind: 'error', number, error });
      else {
        const { reason, message, remedy } = error;
        reply({ kind: 'paused', number, reason, message, ...(remedy && { remedy }) });
      }
    } finally {
      collectors.delete(number);
    }
  }
}

/** Converts a request to what the pipeline takes. */
function opened({ block, meta, tap }: BlockRequest): {
  readonly block: BlockContent;
  readonly meta: BlockMeta;
  readonly collector: TapCollector | undefined;
} {
  const collector = tap && new TapCollector(tap);
  return {
    block:
      block.kind === 'lines' ? { ...block, bytes: asBuffer(block.bytes) } : { ...block, head: asBuffer(block.head) },
    meta: collector === undefined ? meta : { ...meta, tap: collector.tap },
    collector,
  };
}

function answer(number: number, block: BlockContent, result: BlockResult, collector: TapCollector | undefined): void {
  const used = block.kind === 'lines' && ownMemory(block.bytes).length > 0 ? [block.bytes] : [];
  const moved = [...used, ...result.outputs].flatMap(ownMemory);
  reply({ kind: 'result', number, result, seen: collector?.take() ?? [], used }, moved);
}

/** Records, and reports if requested, that no work is in progress for a block. */
function rest(number: number, place: WorkPlace | undefined): void {
  if (place?.now()?.request === number) place.end();
  if (tellsRest) reply({ kind: 'rests', number });
}

function reply(message: WorkerReply, memory: readonly ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, memory);
}

/** The memory behind bytes, if it is theirs alone; slices of Node's shared pool must not be moved. */
function ownMemory({ buffer }: Uint8Array): ArrayBuffer[] {
  return buffer instanceof ArrayBuffer && buffer.byteLength > Buffer.poolSize ? [buffer] : [];
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
