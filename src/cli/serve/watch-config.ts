import { AT_REST_MS } from '../../files/index.js';

/** Watches the config and what it refers to. */
export interface ConfigWatch {
  /** These files count from now on. */
  follow(files: readonly string[]): void;
  close(): Promise<void>;
}

/** @param onChange called when one of the files has changed, after the writing */
export async function watchConfig(files: readonly string[], onChange: () => void): Promise<ConfigWatch> {
  const { watch } = await import('chokidar');
  const stable = { stabilityThreshold: AT_REST_MS, pollInterval: AT_REST_MS / 4 };
  const watcher = watch([...files], { ignoreInitial: true, awaitWriteFinish: stable });
  // An editor may replace the file: it is gone, and there again.
  watcher.on('change', onChange).on('add', onChange);
  // Without notices there is still SIGHUP.
  watcher.on('error', () => undefined);
  let followed = new Set(files);
  return {
    follow(next) {
      watcher.unwatch([...followed].filter((file) => !next.includes(file)));
      watcher.add(next.filter((file) => !followed.has(file)));
      followed = new Set(next);
    },
    close: () => watcher.close(),
  };
}
