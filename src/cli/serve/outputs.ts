import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { FilePlan, OutputPlan } from '../../config/index.js';
import type { NatsLink } from '../../nats/index.js';
import type { FileOpener, OpenSink } from '../../pipeline/index.js';
import { subjectSink } from '../fleet/subject-sink.js';
import {
  cutBackRenamed,
  DEAD_LETTER_PERMISSIONS,
  fileSink,
  Lifeline,
  outputState,
  recoverFile,
  SinkError,
  stdoutSink,
  type FileSinkOptions,
} from '../../sinks/index.js';
import { stderrSink } from '../stderr-sink.js';
import type { PipelineServePlan } from './plan.js';

const DAY_MS = 86_400_000;

/** Whose output it is, and what it may go through. */
export interface OutputPlace {
  readonly pipeline: string;
  /** Among the pipeline's outputs. */
  readonly index: number;
  readonly stateFolder: string;
  /** There when any output of the config needs it. */
  readonly link: NatsLink | undefined;
}

/** The files that a pipeline writes to, that of its dead letters the last. */
export function outputFiles({ outputs, deadLetter }: Pick<PipelineServePlan, 'outputs' | 'deadLetter'>): string[] {
  const files = outputs.flatMap((output) => (output.kind === 'file' ? [output.file] : []));
  return deadLetter === undefined ? files : [...files, deadLetter.file];
}

/** How an output of the config is opened. */
export function openerOf(output: OutputPlan, place: OutputPlace, onTrouble: (error: unknown) => void): OpenSink {
  switch (output.kind) {
    case 'stdout':
      return { kind: 'stream', open: stdoutSink };
    case 'file':
      return fileOpener(output, { stateFolder: place.stateFolder }, onTrouble);
    case 'nats': {
      const { link } = place;
      if (link === undefined) throw new Error(`an output to ${output.subject} without a connection`);
      return { kind: 'stream', open: () => subjectSink(output, { ...place, link }) };
    }
  }
}

/** How a pipeline's dead letters are written. */
export function deadLetterOpener(
  file: FilePlan | undefined,
  stateFolder: string,
  onTrouble: (error: unknown) => void,
): OpenSink {
  if (file === undefined) return { kind: 'stream', open: stderrSink };
  return fileOpener(file, { stateFolder, permissions: DEAD_LETTER_PERMISSIONS }, onTrouble);
}

/** A file of the config, its folder made where it is missing. */
function fileOpener(
  plan: FilePlan,
  place: { readonly stateFolder: string; readonly permissions?: number },
  onTrouble: (error: unknown) => void,
): FileOpener {
  const path = plan.file;
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
    findRenamed: (position, cutsBack) => guarded(() => cutBackRenamed(path, position, cutsBack)),
    open(mode) {
      guarded(() => mkdirSync(dirname(path), { recursive: true }));
      return fileSink(path, { ...rotationOf(plan), ...place, mode, lifeline, checkpointed: true, onTrouble });
    },
    release: () => lifeline.release(),
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
