import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { FilePlan, OutputPlan } from '../../config/index.js';
import type { NatsLink } from '../../nats/index.js';
import type { FileOpener, OpenSink } from '../../pipeline/index.js';
import {
  truncateRenamed,
  DEAD_LETTER_PERMISSIONS,
  FileHold,
  heldFileSink,
  Lifeline,
  outputState,
  recoverFile,
  SinkError,
  type FileLockOptions,
  type FileSinkOptions,
} from '../../sinks/index.js';
import { fileOf, outputKinds, type OutputPlace } from '../../sinks/kinds/index.js';
import { stderrSink } from '../stderr-sink.js';
import type { PipelineServePlan } from './plan.js';
import type { Talk } from './talk.js';

const DAY_MS = 86_400_000;

/** Whose output it is, and what it may go through. */
export interface DaemonOutputPlace extends OutputPlace {
  readonly stateFolder: string;
  /** How others are kept from its files. */
  readonly lock: FileLockOptions;
  /** Undefined: no output needs it, or the server has been away since the start. */
  readonly link: NatsLink | undefined;
}

/** The files that a pipeline writes to, that of its dead letters the last. */
export function outputFiles({ outputs, deadLetter }: Pick<PipelineServePlan, 'outputs' | 'deadLetter'>): string[] {
  const files = outputs.flatMap((output) => fileOf(output)?.file ?? []);
  return deadLetter === undefined ? files : [...files, deadLetter.file];
}

/** How a daemon has its files: where it can't, it runs all the same, and says so. */
export function daemonLock(talk: Talk): FileLockOptions {
  const onUnable = (reason: string): void =>
    talk.warn('other processes are not kept from writing to an output', { reason });
  return { command: 'colloquium serve', onUnable };
}

/** How an output of the config is opened. */
export function openerOf(output: OutputPlan, place: DaemonOutputPlace, onTrouble: (error: unknown) => void): OpenSink {
  const kind = outputKinds.of(output);
  switch (kind.to) {
    case 'stream':
      return { kind: 'stream', open: () => kind.open(output, place) };
    case 'file':
      return fileOpener(kind.fileOf(output), { stateFolder: place.stateFolder }, place.lock, onTrouble);
    case 'nats': {
      const { link } = place;
      return { kind: 'stream', open: link === undefined ? natsAway : () => kind.open(output, { ...place, link }) };
    }
  }
}

/** In place of what can't be opened before the NATS server is there. */
export function natsAway(): never {
  throw new Error('the NATS server is away');
}

/** How a pipeline's dead letters are written. */
export function deadLetterOpener(
  file: FilePlan | undefined,
  { stateFolder, lock }: Pick<DaemonOutputPlace, 'stateFolder' | 'lock'>,
  onTrouble: (error: unknown) => void,
): OpenSink {
  if (file === undefined) return { kind: 'stream', open: stderrSink };
  return fileOpener(file, { stateFolder, permissions: DEAD_LETTER_PERMISSIONS }, lock, onTrouble);
}

/** A file of the config, its folder made where it is missing. */
function fileOpener(
  plan: FilePlan,
  place: { readonly stateFolder: string; readonly permissions?: number },
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
      guarded(() => mkdirSync(dirname(path), { recursive: true }));
      const options = { ...rotationOf(plan), ...place, mode, lifeline, hold, checkpointed: true, onTrouble };
      return await heldFileSink(path, options);
    },
    async release() {
      lifeline.release();
      await hold.release();
    },
  };
}

/** A file's rotation as the sink takes it. */
export function rotationOf(plan: FilePlan): Omit<FileSinkOptions, 'mode'> {
  const { rotateSize, rotateEvery, retentionDays, gzip, pattern } = plan;
  return {
    gzip,
    ...(rotateSize !== undefined && { rotateBytes: rotateSize }),
    ...(rotateEvery !== undefined && { rotateMs: rotateEvery }),
    ...(retentionDays !== undefined && { retentionMs: retentionDays * DAY_MS }),
    ...(pattern !== undefined && { pattern }),
  };
}
