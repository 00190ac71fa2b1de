import { fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { BlockResult } from '../batch.js';
import type { EndOfWorker, Runner, RunnerTalk, WorkerData, WorkerReply, WorkerRequest } from './worker-handle.js';
import { WorkPlace, type WorkerPlace } from './work-place.js';
import { workerThread } from './worker-thread.js';

/** How the process ends when its thread has taken too much memory. */
const EXIT_MEMORY = 70;

/**
 * Starts a worker's program in a process of its own, for blocks of one line: it works on one at a time, also where several wait for
 * the outcomes of calls. What a thread does not survive may end its process too; this one ends alone.
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
    // It comes behind all messages.
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

/** The program of such a process. It holds a thread, so that it sees when nobody is there any more to answer to. */
export function holdThread(script: string): void {
  beFirstToGo();
  // Whoever ends a daemon may signal all of its processes: this one goes with the daemon.
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

/** Where memory gets short, the kernel is to end this process, and not the one that it works for. */
function beFirstToGo(): void {
  try {
    writeFileSync('/proc/self/oom_score_adj', '1000');
  } catch {
    // Other systems have other ways.
  }
}

/** All that comes in one message shares its memory: each output is to be given back by itself. */
function withOwnMemory(result: BlockResult): BlockResult {
  return { ...result, outputs: result.outputs.map((lines) => Buffer.from(lines)) };
}

/** That it is gone is told by its end. */
function ignoreFailure(): undefined {
  return undefined;
}
