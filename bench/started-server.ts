import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A server as a process of its own. */
export interface StartedServer {
  readonly url: URL;
  readonly pid: number;
  /** Ends it; resolves when it has drained. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts a script of Node that serves, and reads its URL, which it prints as JSON on standard error.
 *
 * @throws Error when it ends before
 */
export function startServer(args: readonly string[]): Promise<StartedServer> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'exit');
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr.on('data', (bytes: Buffer) => {
      said += bytes.toString();
      const url = /"url":"([^"]+)"/.exec(said)?.[1];
      if (url === undefined) return;
      const stop = async (): Promise<void> => {
        child.kill('SIGTERM');
        await ended;
      };
      resolve({ url: new URL(url), pid: child.pid ?? 0, stop });
    });
    child.on('exit', () => reject(new Error(`the server ended: ${said}`)));
  });
}
