import { fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { BlockResult } from '../batch.js';
import type { EndOfWorker, Runner, RunnerTalk, WorkerData, WorkerReply, WorkerRequest } from './worker-handle.js';
import { WorkPlace, type WorkerPlace } from './work-place.js';
import { workerThread } from './worker-thread.js';

/** The exit code for a thread that used too much memory. */
const EXIT_MEMORY = 70;

/**
 * Starts a worker's program in a separate process, for blocks of one line. It processes one block at a time, even if several wait
 * for the outcomes of calls. Whatever a thread does not survive may also end its process; this process ends alone.
 */
export function workerProcess(script: URL, data: WorkerData, { onReply, onEnd }: RunnerTalk): Runner {
  const child = fork(fileURLToPath(script), {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    execArgv: [],
  });
  let isReady = false;
  let isToEnd = false;
  let at: WorkerPlace | undefined;
  const waiting: WorkerRequest[] = [];
  const postNext = (): void => {
    const next = waiting.shift();
    at = next && { request: next.number, line: 0, made: 0 };
    if (next !== undefined) child.send(next, ignoreFailure);
  };
  child.on('message', (reply: WorkerReply) => {
    if (reply.kind === 'ready') isReady = true;
    else if (reply.kind === 'rests') postNext();
    else if (reply.kind === 'ends' && at !== undefined) at = { ...at, made: reply.made };
    onReply(reply.kind === 'result' ? { ...reply, result: withOwnMemory(reply.result), used: [] } : reply);
  });
  const over = new Promise<void>((resolve) => {
    // `close` comes after all messages.
    child.once('close', (code, signal) => {
      const why: EndOfWorker = isToEnd ? 'timeout' : code === EXIT_MEMORY ? 'memory' : 'error';
      onEnd(why, new Error(`its process ended ${signal === null ? `with exit code ${code ?? '?'}` : `by ${signal}`}`));
      resolve();
    });
    child.on('error', (error) => {
      if (child.pid !== undefined) return;
      onEnd('error', error);
      resolve();
    });
  });
  child.send(data, ignoreFailure);
  return {
    post(request) {
      waiting.push(request.kind === 'block' ? { ...request, memory: undefined } : request);
      if (at === undefined) postNext();
    },
    place: () => (isReady ? at : undefined),
    async end() {
      isToEnd = true;
      child.kill('SIGKILL');
      await over;
    },
  };
}

/** The program of the separate process. It runs the work in a thread, so that it notices when its parent is gone. */
export function holdThread(script: string): void {
  beFirstToGo();
  // A signal to a daemon may go to all of its processes: this process ends together with the daemon.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
  process.on('disconnect', () => process.exit());
  process.once('message', (data: WorkerData) => {
    const place = new WorkPlace();
    const talk: RunnerTalk = {
      onReply: (reply) => process.send?.(reply),
      onEnd(why) {
        const end: WorkerReply = { kind: 'ends', made: place.now()?.made ?? 0 };
        process.send?.(end, () => process.exit(why === 'memory' ? EXIT_MEMORY : 1));
      },
    };
    const thread = workerThread(script, { ...data, tellsRest: true }, talk, place);
    process.on('message', (request: WorkerRequest) => thread.post(request, []));
  });
}

/** When memory runs out, the kernel should end this process, and not its parent. */
function beFirstToGo(): void {
  try {
    writeFileSync('/proc/self/oom_score_adj', '1000');
  } catch {
    // Other systems do this in other ways.
  }
}

/** Data received in one message shares its memory, but each output must be returned to the pool separately. */
function withOwnMemory(result: BlockResult): BlockResult {
  return { ...result, outputs: result.outputs.map((lines) => Buffer.from(lines)) };
}

/** The end of the process reports the failure. */
function ignoreFailure(): undefined {
  return undefined;
}
