import type { FilePlan, KeyedFilesPlan, OutputTake, PipelinePlan } from '../../config/index.js';
import { KEYED_FILES_DEFAULTS } from '../../config/kinds/index.js';
import { Manifest } from '../../files/index.js';
import { fieldsIn, misnamed, parseTemplate } from '../../files/names/index.js';
import { isAiStage } from '../../pipeline/index.js';
import { DEAD_LETTER_PERMISSIONS } from '../../sinks/index.js';
import { outputKinds, takeOf } from '../../sinks/kinds/index.js';
import { EXIT } from '../exit/exit-codes.js';
import { UserError } from '../exit/user-error.js';
import type { RunFlags } from './flags.js';
import {
  keepingOf,
  keepsParts,
  toStdout,
  type FileTarget,
  type OutputTarget,
  type Targets,
} from '../../jobs/outputs/index.js';

/** `-o` replaces the config's outputs, with stdout where it says `-`; without either, stdout. */
export function resolveOutputs(flags: RunFlags, plan: PipelinePlan): { spec: OutputTake; plan: OutputTarget }[] {
  const envelope = flags.envelope === true;
  if (flags.output === '-') return [{ spec: { envelope }, plan: toStdout(envelope) }];
  if (flags.output !== undefined) {
    const keeping = flags.rotate === undefined ? {} : { rotateBytes: flags.rotate };
    const packs = flags.output.endsWith('.gz') ? ({ packs: true } as const) : {};
    const keyed = keyedOutput(flags.output, plan);
    const filesBy = keyed && fieldsIn(keyed.names);
    return [
      {
        spec: { envelope, ...(filesBy && { filesBy }) },
        plan: { kind: 'file', path: flags.output, mode: 'truncate', keeping, ...packs, ...(keyed && { keyed }) },
      },
    ];
  }
  if (plan.outputs === undefined) return [{ spec: { envelope }, plan: toStdout(envelope) }];
  return plan.outputs.map((output) => ({
    spec: { ...takeOf(output), envelope: envelope || output.envelope },
    plan: outputPlan(output),
  }));
}

/** `-o` with a file per key, as in a config. @throws UserError */
function keyedOutput(output: string, plan: PipelinePlan): KeyedFilesPlan | undefined {
  const template = parseTemplate(output);
  const wrong = misnamed(output, { hasRoutingKey: plan.routingKey !== undefined || plan.stages.some(isAiStage) });
  if (wrong !== undefined) throw new UserError(`-o ${output}: ${wrong.message}`, EXIT.usage, wrong.hint);
  return template && { ...template, ...KEYED_FILES_DEFAULTS };
}

function outputPlan(output: NonNullable<PipelinePlan['outputs']>[number]): OutputTarget {
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
export function resolveDeadLetters(flags: RunFlags, plan: PipelinePlan): Targets['deadLetters'] {
  const permissions = DEAD_LETTER_PERMISSIONS;
  if (flags.deadLetter !== undefined) {
    return { kind: 'file', path: flags.deadLetter, mode: 'append', keeping: { permissions } };
  }
  if (plan.deadLetter === undefined) return { kind: 'stderr' };
  const file = filePlan(plan.deadLetter);
  return { ...file, keeping: { ...file.keeping, permissions } };
}

/** Says of files that are set aside, now or by a former run, where the manifest of them is kept. */
export function withStateFolder<Plan extends OutputTarget | Targets['deadLetters']>(
  plan: Plan,
  stateFolder: string,
): Plan {
  if (plan.kind !== 'file') return plan;
  const mayHaveParts = 'keyed' in plan || Manifest.isThere(stateFolder, plan.path);
  const isNeeded = keepsParts(plan.keeping) || (plan.mode === 'truncate' && mayHaveParts);
  return isNeeded ? { ...plan, keeping: { ...plan.keeping, stateFolder } } : plan;
}

/** The config's files are logs: a run adds to them. */
function filePlan(plan: FilePlan): FileTarget {
  const { file: path, keyed } = plan;
  return { kind: 'file', path, mode: 'append', keeping: keepingOf(plan), ...(keyed && { keyed }) };
}
