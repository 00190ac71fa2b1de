import type { FilePlan, OutputPlan } from '../../config/index.js';
import type { KeyRing } from '../../crypt/index.js';
import type { NatsLink } from '../../nats/index.js';
import type { FileOpener, OpenSink } from '../../pipeline/processor/index.js';
import { endHalfLine } from './end-half-lines.js';
import { openFile } from './open-file.js';
import { keepingOf } from './target.js';
import {
  truncateRenamed,
  DEAD_LETTER_PERMISSIONS,
  FileHold,
  Lifeline,
  outputState,
  recoverFile,
  SinkError,
  type FileLockOptions,
  type FileSinkOptions,
  type Sink,
} from '../../sinks/index.js';
import { fileHead } from '../../sinks/formats/index.js';
import { outputKinds, type OutputPlace } from '../../sinks/kinds/index.js';
import type { Talk } from '../talk.js';

/** Which output it is, and what it needs to be opened. */
export interface DaemonOutputPlace extends OutputPlace {
  readonly stateFolder: string;
  /** How the output's files are locked. */
  readonly lock: FileLockOptions;
  /** Takes the dead letters that no file takes. */
  readonly letters: Sink;
  /** Undefined: no output needs it, or the server has been unavailable since the start. */
  readonly link: NatsLink | undefined;
  /** With which files are encrypted; undefined: none is. */
  readonly keys: KeyRing | undefined;
}

/** How a daemon locks its files: if it can't, it runs all the same, and reports that. */
export function daemonLock(talk: Talk): FileLockOptions {
  const onUnable = (reason: string): void =>
    talk.warn('other processes are not kept from writing to an output', { reason });
  return { command: 'colloquium serve', onUnable };
}

/** Returns how an output of the config is opened. */
export function openerOf(output: OutputPlan, place: DaemonOutputPlace, onTrouble: (error: unknown) => void): OpenSink {
  const kind = outputKinds.of(output);
  const { stateFolder, keys } = place;
  const head = fileHead(output);
  switch (kind.to) {
    case 'stream':
      return { kind: 'stream', open: () => kind.open(output, place) };
    case 'file':
      return fileOpener(kind.fileOf(output), { stateFolder, keys, ...(head && { head }) }, place.lock, onTrouble);
    case 'nats': {
      const { link } = place;
      return { kind: 'stream', open: link === undefined ? natsAway : () => kind.open(output, { ...place, link }) };
    }
  }
}

/** Stands in for an output that can't be opened until the NATS server is available. */
export function natsAway(): never {
  throw new Error('the NATS server is away');
}

/** Returns how a pipeline's dead letters are opened. */
export function deadLetterOpener(
  file: FilePlan | undefined,
  { stateFolder, lock, letters, keys }: Pick<DaemonOutputPlace, 'stateFolder' | 'lock' | 'letters' | 'keys'>,
  onTrouble: (error: unknown) => void,
): OpenSink {
  if (file === undefined) return { kind: 'stream', open: () => letters };
  return fileOpener(file, { stateFolder, keys, permissions: DEAD_LETTER_PERMISSIONS }, lock, onTrouble);
}

/** Opens a file of the config, and creates its folder if it is missing. */
function fileOpener(
  plan: FilePlan,
  { keys, ...place }: Pick<FileSinkOptions, 'head' | 'permissions' | 'keys'> & { readonly stateFolder: string },
  lock: FileLockOptions,
  onTrouble: (error: unknown) => void,
): FileOpener {
  const path = plan.file;
  const hold = new FileHold(path, { ...lock, keepsName: true });
  const pattern = plan.pattern === undefined ? {} : { pattern: plan.pattern };
  const lifeline = new Lifeline();
  const guarded = <T>(action: () => T): T => {
    try {
      return action();
    } catch (error) {
      throw new SinkError(path, 'open', error);
    }
  };
  return {
    kind: 'file',
    path,
    async recover() {
      try {
        return await recoverFile(path, lifeline, { ...place, ...pattern });
      } catch (error) {
        throw new SinkError(path, 'write', error);
      }
    },
    state: (position) => guarded(() => outputState(path, position, plan.pattern)),
    findRenamed: (position, cutsBack) => guarded(() => truncateRenamed(path, position, cutsBack)),
    hold: () => hold.take(),
    async open(mode) {
      const file = await openFile(path, {
        ...keepingOf(plan),
        ...place,
        ...(plan.encrypt && { keys }),
        mode,
        lifeline,
        hold,
        checkpointed: true,
        onTrouble,
      });
      // The content before may be somebody else's.
      if (mode === 'append' || 'behind' in mode) await endHalfLine(path, file);
      return file;
    },
    async release() {
      lifeline.release();
      await hold.release();
    },
  };
}
