import type { FilePosition, FileSink, Sink } from '../../sinks/index.js';

/** Opens one of a pipeline's outputs: a file at the position that a checkpoint holds, at its end where there is none. */
export type OpenSink = { readonly kind: 'stream'; readonly open: () => Sink } | FileOpener;

export interface FileOpener {
  readonly kind: 'file';
  readonly path: string;
  /** @throws SinkError */
  readonly open: (mode: 'append' | { readonly cutTo: FilePosition }) => FileSink;
}

/** What a pipeline writes to, open. */
export interface OpenSinks {
  readonly outputs: readonly Sink[];
  readonly deadLetters: Sink;
  /** Those among them that can be cut back. */
  readonly files: readonly FileSink[];
}

/**
 * Opens everything a pipeline writes to, or nothing.
 *
 * @throws SinkError
 */
export async function openSinks(
  outputs: readonly OpenSink[],
  deadLetters: OpenSink,
  positions: Readonly<Record<string, FilePosition>>,
): Promise<OpenSinks> {
  const opened: Sink[] = [];
  const files: FileSink[] = [];
  try {
    for (const output of [...outputs, deadLetters]) {
      if (output.kind === 'stream') {
        opened.push(output.open());
      } else {
        const position = positions[output.path];
        const file = output.open(position === undefined ? 'append' : { cutTo: position });
        opened.push(file);
        files.push(file);
      }
    }
  } catch (error) {
    await closeSinks(opened);
    throw error;
  }
  return { outputs: opened.slice(0, -1), deadLetters: opened.at(-1) as Sink, files };
}

/** Closes them all; what can't be closed any more is left alone. */
export async function closeSinks(sinks: readonly Sink[]): Promise<void> {
  await Promise.allSettled(sinks.map((sink) => sink.close()));
}
