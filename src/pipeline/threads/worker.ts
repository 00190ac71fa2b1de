import { argv } from 'node:process';
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { parseJson } from '../../json/index.js';
import { blockProcessor, type BlockOptions } from '../block-processor.js';
import { TapCollector } from '../tap.js';
import { WorkPlace } from './work-place.js';
import { holdThread } from './worker-process.js';
import type { WorkerData, WorkerReply, WorkerRequest } from './worker-handle.js';

if (isMainThread) holdThread(argv[1] ?? '');
else work(workerData as WorkerData);

/** A worker thread's program: compiles the pipeline once, then answers block after block. */
function work({ options, place: placeMemory }: WorkerData): void {
  const place = placeMemory && new WorkPlace(placeMemory);
  const blockOptions = parseJson(options, Number.POSITIVE_INFINITY) as unknown as BlockOptions;
  const processBlock = blockProcessor(blockOptions, undefined, place && ((line) => place.atLine(line)));

  parentPort?.on('message', ({ number, block, meta, tap, memory }: WorkerRequest) => {
    place?.begin(number);
    if (memory !== undefined) processBlock.memory.give(new Uint8Array(memory));
    try {
      const content =
        block.kind === 'lines' ? { ...block, bytes: asBuffer(block.bytes) } : { ...block, head: asBuffer(block.head) };
      const collector = tap && new TapCollector(tap);
      const result = processBlock(content, collector === undefined ? meta : { ...meta, tap: collector.tap });
      const used = block.kind === 'lines' && ownMemory(block.bytes).length > 0 ? [block.bytes] : [];
      const moved = [...used, ...result.outputs].flatMap(ownMemory);
      reply({ kind: 'result', number, result, seen: collector?.seen ?? [], used }, moved);
    } catch (error) {
      reply({ kind: 'error', number, error }, []);
    }
    place?.end();
  });
  reply({ kind: 'ready' }, []);
}

function reply(message: WorkerReply, memory: readonly ArrayBuffer[]): void {
  parentPort?.postMessage(message, memory);
}

/** The memory behind bytes, when it is theirs alone; a slice of Node's shared pool must not be moved. */
function ownMemory({ buffer }: Uint8Array): ArrayBuffer[] {
  return buffer instanceof ArrayBuffer && buffer.byteLength > Buffer.poolSize ? [buffer] : [];
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
