import { statSync } from 'node:fs';
import type { FilePlan, KeyedFilesPlan, OutputPlan, OutputTake, PipelinePlan } from '../../config/index.js';
import { KEYED_FILES_DEFAULTS } from '../../config/kinds/index.js';
import type { KeyRing } from '../../crypt/index.js';
import { Manifest, packingOf, requireZstd } from '../../files/index.js';
import { fieldsIn, misnamed, parseTemplate } from '../../files/names/index.js';
import { isAiStage, leavesColumnsOpen } from '../../pipeline/index.js';
import { DEAD_LETTER_PERMISSIONS } from '../../sinks/index.js';
import { fileHead, formatProblem, type FileHead } from '../../sinks/formats/index.js';
import { fileOf, outputKinds, takeOf } from '../../sinks/kinds/index.js';
import { EXIT } from '../exit/exit-codes.js';
import { UserError } from '../exit/user-error.js';
import type { OutputFlags, RunFlags } from './flags.js';
import { refuseForConfig, refuseProblem, resolveOutputFormat } from './resolve-output-format.js';
import {
  keepingOf,
  keepsParts,
  toStdout,
  type FileTarget,
  type OutputTarget,
  type Targets,
} from '../../jobs/outputs/index.js';

/**
 * `-o` replaces the config's outputs, `-o -` with stdout; without either, the output is stdout.
 *
 * @throws UserError
 */
export function resolveOutputs(flags: RunFlags, plan: PipelinePlan): { spec: OutputTake; plan: OutputTarget }[] {
  const one = resolveOneOutput(flags);
  const { spec } = one;
  if (flags.output !== undefined && one.plan.kind === 'file') {
    const keyed = keyedOutput(flags.output, plan);
    const filesBy = keyed && fieldsIn(keyed.names);
    if (keyed !== undefined && leavesColumnsOpen([spec])) {
      throw new UserError(
        `-o ${flags.output}: a file per key needs its columns by name`,
        EXIT.usage,
        'name them with --columns',
      );
    }
    const encrypts = encryptsNamed(flags.output, plan);
    if (encrypts && one.plan.packing !== undefined) {
      throw new UserError(
        `-o ${flags.output}: the pipeline's files are encrypted, and what is encrypted is not compressed`,
        EXIT.usage,
        'give the file another ending; -o - writes the results as they are, to be compressed by another program',
      );
    }
    const target = { ...one.plan, ...(keyed && { keyed }), encrypts };
    return [{ spec: { ...spec, ...(filesBy && { filesBy }) }, plan: target }];
  }
  if (flags.output === '-' || plan.outputs === undefined) return [one];
  if (spec.format !== undefined) refuseForConfig(flags);
  return plan.outputs.map((output) => {
    const take = { ...takeOf(output), envelope: spec.envelope || output.envelope };
    refuseProblem(formatProblem(take));
    return { spec: take, plan: outputPlan(output) };
  });
}

/** Whether a file that a flag names is encrypted: where files of the pipeline are. A pipe or a device takes text, like stdout. */
function encryptsNamed(path: string, plan: PipelinePlan): boolean {
  return encryptsFiles(plan) && (statSync(path, { throwIfNoEntry: false })?.isFile() ?? true);
}

/** Whether outputs or dead letters of a pipeline are encrypted. */
export function encryptsFiles({
  outputs = [],
  deadLetter,
}: {
  readonly outputs?: readonly OutputPlan[] | undefined;
  readonly deadLetter?: FilePlan | undefined;
}): boolean {
  return [...outputs.map(fileOf), deadLetter].some((file) => file?.encrypt === true);
}

/** The file that `-o` names, which is replaced, or standard output. @throws UserError */
export function resolveOneOutput(flags: OutputFlags): { spec: OutputTake; plan: OutputTarget } {
  const spec = { envelope: flags.envelope === true, ...resolveOutputFormat(flags) };
  if (flags.output === undefined || flags.output === '-') return { spec, plan: toStdout(spec) };
  const head = fileHead(spec);
  const keeping = { ...(flags.rotate !== undefined && { rotateBytes: flags.rotate }), ...(head && { head }) };
  const packing = packingOf(flags.output);
  if (packing === 'zstd') refuseWithoutZstd(flags.output);
  const packs = packing === undefined ? {} : { packing };
  return { spec, plan: { kind: 'file', path: flags.output, mode: 'truncate', keeping, ...packs } };
}

/** @throws UserError if this version of Node can't compress with zstd */
function refuseWithoutZstd(output: string): void {
  try {
    requireZstd();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`-o ${output}: ${reason}`, EXIT.usage, `pipe the results through zstd > ${output}`);
  }
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
      return filePlan(kind.fileOf(output), fileHead(output));
    case 'nats':
      throw new UserError(
        `the pipeline writes to the NATS subject ${kind.subjectOf(output)}, which only serve does`,
        EXIT.invalid,
        'write to a file instead: -o FILE',
      );
  }
}

/** `--dead-letter` replaces the config's file, and is appended to in the same way; without either, stderr. */
export function resolveDeadLetters(flags: RunFlags, plan: PipelinePlan): Targets['deadLetters'] {
  const permissions = DEAD_LETTER_PERMISSIONS;
  if (flags.deadLetter !== undefined) {
    const encrypts = encryptsNamed(flags.deadLetter, plan);
    return { kind: 'file', path: flags.deadLetter, mode: 'append', keeping: { permissions }, encrypts };
  }
  if (plan.deadLetter === undefined) return { kind: 'stderr' };
  const file = filePlan(plan.deadLetter);
  return { ...file, keeping: { ...file.keeping, permissions } };
}

/** Adds the folder of the manifest if files are set aside, now or by an earlier run. */
export function withStateFolder<Plan extends OutputTarget | Targets['deadLetters']>(
  plan: Plan,
  stateFolder: string,
): Plan {
  if (plan.kind !== 'file') return plan;
  const mayHaveParts = 'keyed' in plan || Manifest.isThere(stateFolder, plan.path);
  const isNeeded = keepsParts(plan.keeping) || (plan.mode === 'truncate' && mayHaveParts);
  return isNeeded ? { ...plan, keeping: { ...plan.keeping, stateFolder } } : plan;
}

/** Adds the keys with which a file is encrypted. The config was checked: there are some. */
export function withKeys<Plan extends OutputTarget | Targets['deadLetters']>(
  plan: Plan,
  keys: KeyRing | undefined,
): Plan {
  return plan.kind === 'file' && plan.encrypts === true ? { ...plan, keeping: { ...plan.keeping, keys } } : plan;
}

/** The config's files are logs: a run appends to them. */
function filePlan(plan: FilePlan, head?: FileHead): FileTarget {
  const { file: path, keyed } = plan;
  const keeping = { ...keepingOf(plan), ...(head && { head }) };
  return { kind: 'file', path, mode: 'append', keeping, ...(keyed && { keyed }), encrypts: plan.encrypt };
}
