import { spawn } from 'node:child_process';
import { fstatSync } from 'node:fs';

const STDOUT = 1;
const LOOK_INTERVAL_S = '0.2';

/**
 * Resolves soon after nobody reads standard output any more; never, if it is not a pipe. Node notices this only by writing, but
 * noticing should not require writing anything. GNU `tail` can wait for it; with another `tail`, or none, the next write notices.
 *
 * @param signal ends the waiting
 */
export async function readerGone(signal: AbortSignal): Promise<void> {
  if (!fstatSync(STDOUT).isFIFO()) return await new Promise<never>(() => undefined);
  const waiting = spawn('tail', ['-f', '-s', LOOK_INTERVAL_S, `--pid=${process.pid}`, '/dev/null'], {
    stdio: ['ignore', 'inherit', 'ignore'],
  });
  signal.addEventListener('abort', () => waiting.kill(), { once: true });
  await new Promise<void>((resolve) => {
    waiting.on('error', () => undefined);
    waiting.on('exit', (_code, by) => {
      if (by === 'SIGPIPE') resolve();
    });
  });
}
