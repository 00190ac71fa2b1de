import { parentPort, workerData } from 'node:worker_threads';
import { parseJson } from '../json/index.js';
import { blockProcessor, type BlockOptions } from './block-processor.js';
import { TapCollector } from './tap.js';
import type { WorkerData, WorkerReply, WorkerRequest } from './worker-handle.js';

/** A worker thread's program: compiles the pipeline once, then answers block after block. */
const { options } = workerData as WorkerData;
const processBlock = blockProcessor(parseJson(options, Number.POSITIVE_INFINITY) as unknown as BlockOptions);

parentPort?.on('message', ({ number, block, meta, tap }: WorkerRequest) => {
  try {
    const content =
      block.kind === 'lines' ? { ...block, bytes: asBuffer(block.bytes) } : { ...block, head: asBuffer(block.head) };
    const collector = tap && new TapCollector(tap);
    const result = processBlock(content, collector === undefined ? meta : { ...meta, tap: collector.tap });
    reply({ kind: 'result', number, result, seen: collector?.seen ?? [] }, result.outputs.flatMap(ownMemory));
  } catch (error) {
    reply({ kind: 'error', number, error }, []);
  }
});
reply({ kind: 'ready' }, []);

function reply(message: WorkerReply, memory: readonly ArrayBuffer[]): void {
  parentPort?.postMessage(message, memory);
}

/** The memory behind finished lines, when it is theirs alone; a slice of a shared pool must not be moved. */
function ownMemory({ buffer, length }: Buffer): ArrayBuffer[] {
  return length > 0 && buffer instanceof ArrayBuffer && buffer.byteLength === length ? [buffer] : [];
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
