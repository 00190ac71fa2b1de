import type { FilePlan, OutputTake, PipelinePlan } from '../../config/index.js';
import { Manifest } from '../../files/index.js';
import { DEAD_LETTER_PERMISSIONS } from '../../sinks/index.js';
import { outputKinds } from '../../sinks/kinds/index.js';
import { EXIT } from '../exit-codes.js';
import { UserError } from '../user-error.js';
import type { RunFlags } from './flags.js';
import type { FileKeeping, OutputPlan, RunPlan } from './plan.js';

const DAY_MS = 86_400_000;

/** `-o` replaces the config's outputs, with stdout where it says `-`; without either, stdout. */
export function resolveOutputs(flags: RunFlags, plan: PipelinePlan): { spec: OutputTake; plan: OutputPlan }[] {
  const envelope = flags.envelope === true;
  if (flags.output === '-') return [toStdout(envelope)];
  if (flags.output !== undefined) {
    const keeping = flags.rotate === undefined ? {} : { rotateBytes: flags.rotate };
    const packs = flags.output.endsWith('.gz') ? ({ packs: true } as const) : {};
    return [{ spec: { envelope }, plan: { kind: 'file', path: flags.output, mode: 'truncate', keeping, ...packs } }];
  }
  if (plan.outputs === undefined) return [toStdout(envelope)];
  return plan.outputs.map((output) => ({
    spec: { envelope: envelope || output.envelope, ...(output.when && { when: output.when }) },
    plan: outputPlan(output),
  }));
}

function toStdout(envelope: boolean): { spec: OutputTake; plan: OutputPlan } {
  return { spec: { envelope }, plan: { kind: 'stream', output: { kind: 'stdout', envelope } } };
}

function outputPlan(output: NonNullable<PipelinePlan['outputs']>[number]): OutputPlan {
  const kind = outputKinds.of(output);
  switch (kind.to) {
    case 'stream':
      return { kind: 'stream', output };
    case 'file':
      return filePlan(kind.fileOf(output));
    case 'nats':
      throw new UserError(
        `the pipeline writes to the NATS subject ${kind.subjectOf(output)}, which only serve does`,
        EXIT.invalid,
        'write to a file instead: -o FILE',
      );
  }
}

/** `--dead-letter` replaces the config's file, and is added to as that is; without either, stderr. */
export function resolveDeadLetters(flags: RunFlags, plan: PipelinePlan): RunPlan['deadLetters'] {
  const permissions = DEAD_LETTER_PERMISSIONS;
  if (flags.deadLetter !== undefined) {
    return { kind: 'file', path: flags.deadLetter, mode: 'append', keeping: { permissions } };
  }
  if (plan.deadLetter === undefined) return { kind: 'stderr' };
  const file = filePlan(plan.deadLetter);
  return { ...file, keeping: { ...file.keeping, permissions } };
}

/** Says of files that are set aside, now or by a former run, where the manifest of them is kept. */
export function withStateFolder<Plan extends OutputPlan | { readonly kind: 'stderr' }>(
  plan: Plan,
  stateFolder: string,
): Plan {
  if (plan.kind !== 'file') return plan;
  const isNeeded = keepsParts(plan.keeping) || (plan.mode === 'truncate' && Manifest.isThere(stateFolder, plan.path));
  return isNeeded ? { ...plan, keeping: { ...plan.keeping, stateFolder } } : plan;
}

export function keepsParts({ rotateBytes, rotateMs, retentionMs, gzip = false }: FileKeeping): boolean {
  return rotateBytes !== undefined || rotateMs !== undefined || retentionMs !== undefined || gzip;
}

/** The config's files are logs: a run adds to them. */
function filePlan({
  file,
  rotateSize,
  rotateEvery,
  retentionDays,
  gzip,
  pattern,
}: FilePlan): Extract<OutputPlan, { kind: 'file' }> {
  const keeping = {
    gzip,
    ...(rotateSize !== undefined && { rotateBytes: rotateSize }),
    ...(rotateEvery !== undefined && { rotateMs: rotateEvery }),
    ...(retentionDays !== undefined && { retentionMs: retentionDays * DAY_MS }),
    ...(pattern !== undefined && { pattern }),
  };
  return { kind: 'file', path: file, mode: 'append', keeping };
}
