import { basename, join } from 'node:path';

/** A file is complete when it has not grown for so long. One that is renamed into the folder waits as long. */
const STABLE_MS = 1000;
const POLL_MS = 200;

/**
 * The files of a folder, as they are completed: those that are there, then those that come, and those that grow again. A
 * file may be given more than once. Hidden files are none: they are somebody's work under way.
 *
 * @param pattern of file names; `*` stands for any characters
 * @param signal ends the watching
 * @param onError told of what keeps files from being seen
 */
export async function* completedFiles(
  folder: string,
  pattern: string,
  signal: AbortSignal,
  onError: (error: unknown) => void,
): AsyncGenerator<string, void, void> {
  const { watch } = await import('chokidar');
  const matches = nameMatcher(pattern);
  const waiting = new Set<string>();
  let wake = (): void => undefined;
  const see = (path: string): void => {
    if (!matches(basename(path))) return;
    waiting.add(path);
    wake();
  };
  const watcher = watch(folder, {
    depth: 0,
    ignored: (path, stats) => stats?.isFile() === true && !matches(basename(path)),
    awaitWriteFinish: { stabilityThreshold: STABLE_MS, pollInterval: POLL_MS },
  });
  watcher.on('add', see).on('change', see).on('error', onError);
  const stop = (): void => wake();
  signal.addEventListener('abort', stop, { once: true });
  try {
    while (!signal.aborted) {
      // Several that are waiting go by name: people number their files.
      const [next] = [...waiting].sort();
      if (next === undefined) {
        await new Promise<void>((resolve) => (wake = resolve));
      } else {
        waiting.delete(next);
        yield join(next);
      }
    }
  } finally {
    signal.removeEventListener('abort', stop);
    await watcher.close();
  }
}

function nameMatcher(pattern: string): (name: string) => boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  const whole = new RegExp(`^${parts.join('.*')}$`);
  return (name) => !name.startsWith('.') && whole.test(name);
}
