import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { FilePlan, OutputPlan } from '../../config/index.js';
import type { NatsLink } from '../../nats/index.js';
import type { FileOpener, OpenSink } from '../../pipeline/index.js';
import { subjectSink } from '../fleet/subject-sink.js';
import { fileSink, SinkError, stdoutSink, type FileSinkOptions } from '../../sinks/index.js';
import { stderrSink } from '../stderr-sink.js';

const DAY_MS = 86_400_000;

/** Whose output it is, and what it may go through. */
export interface OutputPlace {
  readonly pipeline: string;
  /** Among the pipeline's outputs. */
  readonly index: number;
  /** There when any output of the config needs it. */
  readonly link: NatsLink | undefined;
}

/** How an output of the config is opened. */
export function openerOf(output: OutputPlan, place: OutputPlace, onTrouble: (error: unknown) => void): OpenSink {
  switch (output.kind) {
    case 'stdout':
      return { kind: 'stream', open: stdoutSink };
    case 'file':
      return fileOpener(output, onTrouble);
    case 'nats': {
      const { link } = place;
      if (link === undefined) throw new Error(`an output to ${output.subject} without a connection`);
      return { kind: 'stream', open: () => subjectSink(output, { ...place, link }) };
    }
  }
}

/** How a pipeline's dead letters are written. */
export function deadLetterOpener(file: FilePlan | undefined, onTrouble: (error: unknown) => void): OpenSink {
  return file === undefined ? { kind: 'stream', open: stderrSink } : fileOpener(file, onTrouble);
}

/** A file of the config, its folder made where it is missing. */
function fileOpener(plan: FilePlan, onTrouble: (error: unknown) => void): FileOpener {
  return {
    kind: 'file',
    path: plan.file,
    open(mode) {
      try {
        mkdirSync(dirname(plan.file), { recursive: true });
      } catch (error) {
        throw new SinkError(plan.file, 'open', error);
      }
      return fileSink(plan.file, { ...rotationOf(plan), mode, checkpointed: true, onTrouble });
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
