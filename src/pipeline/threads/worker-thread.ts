import { Worker } from 'node:worker_threads';
import type { WorkerData, WorkerReply, EndOfWorker, Runner, RunnerTalk } from './worker-handle.js';
import type { WorkPlace } from './work-place.js';

/** The heap limit of a worker thread: well above what a block of the longest lines needs. */
export const WORKER_HEAP_MB = 512;

/**
 * Starts a worker's program in a thread.
 *
 * @param place where the worker records its place
 */
export function workerThread(
  script: string | URL,
  data: Omit<WorkerData, 'place'>,
  { onReply, onEnd }: RunnerTalk,
  place?: WorkPlace,
): Runner {
  const workerData: WorkerData = { ...data, place: place?.memory };
  const worker = new Worker(script, { workerData, resourceLimits: { maxOldGenerationSizeMb: WORKER_HEAP_MB } });
  let why: EndOfWorker = 'timeout';
  let cause: Error | undefined;
  worker.on('message', (reply: WorkerReply) => onReply(reply));
  worker.on('error', (error) => {
    cause = error instanceof Error ? error : new Error(String(error));
    why = 'code' in cause && cause.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'memory' : 'error';
  });
  worker.on('exit', () => onEnd(why, cause));
  return {
    post: (request, moved) => worker.postMessage(request, moved),
    place: () => place?.now(),
    async end() {
      await worker.terminate();
    },
  };
}
