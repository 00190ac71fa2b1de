import { pipelineNames, resolvePipeline, useSection, type LoadedConfig } from '../../config/index.js';
import type { BeforePipelines, DiffPlan } from '../../jobs/diff/index.js';
import type { PipelineServePlan } from '../../jobs/index.js';
import { EXIT } from '../exit/exit-codes.js';
import { UserError } from '../exit/user-error.js';
import { findConfig } from '../flags/find-config.js';
import { pipelineServePlan } from '../serve/resolve.js';
import type { ReplayFlags } from './flags.js';
import { resolveReplay } from './resolve.js';

/** Flags that say what a replay writes, or drops: a comparison writes nothing, and shows all that differs. */
const WRITING = {
  filter: '--filter',
  raw: '--raw',
  output: '-o',
  envelope: '--envelope',
  out: '--out',
  columns: '--columns',
  rawOutput: '-r',
  deadLetter: '--dead-letter',
  deadLetters: '--dead-letters',
  toOutputs: '--to-outputs',
  strict: '--strict',
} as const satisfies Partial<Record<keyof ReplayFlags, string>>;

/** Flags that only a comparison knows. */
const OF_DIFF = {
  against: '--against',
  againstPipeline: '--against-pipeline',
  sample: '--sample',
  dryRun: '--dry-run',
} as const satisfies Partial<Record<keyof ReplayFlags, string>>;

/** @throws UserError for flags that need `--diff` */
export function refuseWithoutDiff(flags: ReplayFlags): void {
  for (const [key, flag] of Object.entries(OF_DIFF)) {
    if (flags[key as keyof typeof OF_DIFF] !== undefined) throw new UserError(`${flag} needs --diff`, EXIT.usage);
  }
}

/**
 * Turns the flags of `replay --diff` into a plan.
 *
 * @throws UserError, ConfigError
 */
export async function resolveDiff(flags: ReplayFlags): Promise<DiffPlan> {
  for (const [key, flag] of Object.entries(WRITING)) {
    if (flags[key as keyof typeof WRITING] === undefined) continue;
    throw new UserError(
      `--diff and ${flag} exclude one another`,
      EXIT.usage,
      '--diff compares all chosen events, and writes no output',
    );
  }
  if (flags.againstPipeline !== undefined && flags.pipeline === undefined) {
    throw new UserError('--against-pipeline needs -p', EXIT.usage, '-p names the pipeline that it is compared with');
  }
  const replay = await resolveReplay(flags);
  const { way, config } = replay;
  if (way.kind !== 'pipelines') throw new TypeError('a comparison goes through pipelines');
  const pipelines = way.pipelines.map(asEvents);
  return {
    replay: { ...replay, way: { ...way, pipelines } },
    before: await beforeOf(flags, config, pipelines),
    sample: flags.sample,
  };
}

async function beforeOf(
  flags: ReplayFlags,
  config: LoadedConfig,
  pipelines: readonly PipelineServePlan[],
): Promise<DiffPlan['before']> {
  const { against, againstPipeline } = flags;
  if (against === undefined && againstPipeline === undefined) return { kind: 'outputs' };
  const other = against === undefined ? config : await findConfig({ config: against }, 'programs');
  if (other === undefined) throw new UserError(`no config ${against ?? ''}`, EXIT.usage);
  const known = pipelineNames(other);
  const found = new Map<string, PipelineServePlan>();
  for (const { spec } of pipelines) {
    const name = againstPipeline ?? spec.name;
    // A pipeline that is new has nothing to be compared with, unless it was asked for.
    if (!known.includes(name) && flags.pipeline === undefined) continue;
    found.set(
      spec.name,
      asEvents(pipelineServePlan(await resolvePipeline(other, name), useSection(other, 'processing'))),
    );
  }
  return { kind: 'pipelines', config: other, pipelines: found } satisfies BeforePipelines;
}

/** All events come out whole, wherever they would be written; those that no output takes come out of one more. */
function asEvents(plan: PipelineServePlan): PipelineServePlan {
  const takes = plan.outputs.map(({ when, otherwise }) => ({
    envelope: true,
    ...(when && { when }),
    ...(otherwise !== undefined && { otherwise }),
  }));
  const takesRest = takes.some(({ when, otherwise }) => when === undefined || otherwise === true);
  const outputs = takesRest ? takes : [...takes, { envelope: true, otherwise: true as const }];
  return { ...plan, spec: { ...plan.spec, outputs } };
}
