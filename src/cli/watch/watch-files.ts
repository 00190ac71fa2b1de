import { AT_REST_MS } from '../../files/index.js';

/** Watches files, such as a config and those that it refers to. */
export interface FileWatch {
  /** Watches these files from now on. */
  follow(files: readonly string[]): void;
  /** Resolves when no change of the first files is missed any more. */
  readonly ready: Promise<void>;
  close(): Promise<void>;
}

/** @param onChange called after one of the files was changed and its writing has ended */
export async function watchFiles(files: readonly string[], onChange: () => void): Promise<FileWatch> {
  const { watch } = await import('chokidar');
  const stable = { stabilityThreshold: AT_REST_MS, pollInterval: AT_REST_MS / 4 };
  const watcher = watch([...files], { ignoreInitial: true, awaitWriteFinish: stable });
  // An editor may replace the file: it disappears, and appears again.
  watcher.on('change', onChange).on('add', onChange);
  // Without file notifications there is still SIGHUP.
  watcher.on('error', () => undefined);
  const ready = new Promise<void>((resolve) => watcher.once('ready', () => resolve()));
  let followed = new Set(files);
  return {
    ready,
    follow(next) {
      watcher.unwatch([...followed].filter((file) => !next.includes(file)));
      watcher.add(next.filter((file) => !followed.has(file)));
      followed = new Set(next);
    },
    close: () => watcher.close(),
  };
}
