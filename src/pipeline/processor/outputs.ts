import type { FilePosition, FileSink, FileSinkOptions, OutputChange, OutputState, Sink } from '../../sinks/index.js';

/** Opens one of a pipeline's outputs: a file at the position that a checkpoint holds, at its end where there is none. */
export type OpenSink = { readonly kind: 'stream'; readonly open: () => Sink } | FileOpener;

export interface FileOpener {
  readonly kind: 'file';
  readonly path: string;
  /** Gives the file back its name where it was removed since it was closed. @returns how many bytes are written again */
  readonly recover: () => Promise<number | undefined>;
  /** What became of it since a position was stored. */
  readonly state: (position: FilePosition) => OutputState;
  /** Looks for it under another name. @param cutsBack what lies behind the position is removed @returns its path now */
  readonly findRenamed: (position: FilePosition, cutsBack: boolean) => string | undefined;
  /** Keeps other processes from the file that is there, until it is released. @throws SinkError when one writes to it */
  readonly hold: () => Promise<void>;
  /** @throws SinkError */
  readonly open: (mode: Exclude<FileSinkOptions['mode'], 'truncate'>) => Promise<FileSink>;
  /** Nobody will open it again. */
  readonly release: () => Promise<void>;
}

/**
 * What somebody else did to an output: while nobody wrote to it, or under the writer's hands. `cut-back`: the writer itself, when it
 * was killed, has left what is written again.
 */
export type OutputFinding =
  | ({ readonly when: 'meanwhile' } & OutputChange)
  | {
      readonly when: 'before';
      readonly kind: 'gone' | 'renamed' | 'replaced' | 'edited' | 'cut' | 'grown' | 'cut-back' | 'unknown';
      /** How many bytes are gone, or were added; undefined where that means nothing. */
      readonly bytes?: number;
    };

/** What a pipeline writes to, open. */
export interface OpenSinks {
  readonly outputs: readonly Sink[];
  readonly deadLetters: Sink;
  /** Those among them that can be cut back. */
  readonly files: readonly FileSink[];
  close(): Promise<void>;
}

/** What a checkpoint says of the files. */
export interface KnownFiles {
  readonly files: Readonly<Record<string, FilePosition>>;
  /** Nothing was written behind them. */
  readonly ended: boolean;
}

/**
 * Opens everything a pipeline writes to, or nothing. A file that is as the checkpoint knows it is cut back to it. To one that
 * somebody else has changed lines are added, and nothing in it is touched.
 *
 * @param tell told of what somebody else did
 * @throws SinkError
 */
export async function openSinks(
  outputs: readonly OpenSink[],
  deadLetters: OpenSink,
  known: KnownFiles | undefined,
  tell: (path: string, finding: OutputFinding) => void,
): Promise<OpenSinks> {
  const opened: Sink[] = [];
  const files: FileSink[] = [];
  try {
    for (const output of [...outputs, deadLetters]) {
      if (output.kind === 'stream') {
        opened.push(output.open());
      } else {
        const file = await openFile(output, known, (finding) => tell(output.path, finding));
        opened.push(file);
        files.push(file);
      }
    }
  } catch (error) {
    await closeSinks(opened);
    throw error;
  }
  const close = (): Promise<void> => closeSinks(opened);
  return { outputs: opened.slice(0, -1), deadLetters: opened.at(-1) as Sink, files, close };
}

async function openFile(
  output: FileOpener,
  known: KnownFiles | undefined,
  tell: (finding: OutputFinding) => void,
): Promise<FileSink> {
  await output.hold();
  const bytes = await output.recover();
  if (bytes !== undefined) tell({ when: 'meanwhile', kind: 'removed', bytes, isRestored: true });
  const position = known?.files[output.path];
  if (position === undefined) return output.open('append');
  const ended = known?.ended === true;
  const state = output.state(position);
  const { offset } = position;
  switch (state.kind) {
    case 'good':
      // One empty file is like another: what was written may be in one that has another name now.
      if (offset === 0 && !ended) output.findRenamed(position, true);
      return output.open({ cutTo: position });
    case 'grown':
      if (!ended) {
        tell({ when: 'before', kind: 'cut-back', bytes: state.bytes });
        return output.open({ cutTo: position });
      }
      tell({ when: 'before', kind: 'grown', bytes: state.bytes });
      return output.open({ behind: position });
    case 'cut':
      tell({ when: 'before', kind: 'cut', bytes: offset - state.size });
      break;
    case 'unknown':
      if (state.size < offset) tell({ when: 'before', kind: 'cut', bytes: offset - state.size });
      if (state.size > offset) tell({ when: 'before', kind: 'unknown', bytes: state.size - offset });
      if (state.size >= offset) return output.open({ behind: position });
      break;
    case 'edited':
      tell({ when: 'before', kind: 'edited' });
      break;
    case 'gone':
    case 'replaced': {
      const isRenamed = output.findRenamed(position, !ended) !== undefined;
      const { kind } = state;
      if (isRenamed) tell({ when: 'before', kind: 'renamed', bytes: offset });
      else if (offset > 0) tell({ when: 'before', kind, bytes: offset });
    }
  }
  // Places in what is written now are told from those in the file that was.
  return output.open({ behind: { ...position, part: position.part + 1 } });
}

/** Keeps other processes from what is there of outputs, until they are released. @throws SinkError when one writes there */
export async function holdOutputs(outputs: readonly OpenSink[]): Promise<void> {
  for (const output of outputs) if (output.kind === 'file') await output.hold();
}

/**
 * Lets go of outputs that nobody will open again: what was removed of them since they were closed is written again first.
 *
 * @throws SinkError when that can't be; all are let go of
 */
export async function releaseOutputs(outputs: readonly OpenSink[]): Promise<void> {
  const failures: unknown[] = [];
  for (const output of outputs) {
    if (output.kind === 'stream') continue;
    await output.recover().catch((error: unknown) => failures.push(error));
    await output.release();
  }
  if (failures.length > 0) throw failures[0];
}

/** Closes them all; what can't be closed any more is left alone. */
async function closeSinks(sinks: readonly Sink[]): Promise<void> {
  await Promise.allSettled(sinks.map((sink) => sink.close()));
}
