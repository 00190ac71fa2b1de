import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { FilePlan, OutputPlan } from '../../config/index.js';
import type { FileOpener, OpenSink } from '../../pipeline/index.js';
import { fileSink, SinkError, stdoutSink, type FileSinkOptions, type Sink } from '../../sinks/index.js';

const DAY_MS = 86_400_000;

/** How an output of the config is opened. */
export function openerOf(output: OutputPlan, onTrouble: (error: unknown) => void): OpenSink {
  return output.kind === 'stdout' ? { kind: 'stream', open: stdoutSink } : fileOpener(output, onTrouble);
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

function stderrSink(): Sink {
  return {
    name: 'stderr',
    write: (lines) => new Promise((resolve) => void process.stderr.write(lines, () => resolve())),
    close: () => Promise.resolve(),
  };
}
