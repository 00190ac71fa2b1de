import type { ScriptPlan, StagePlan } from '../../config/index.js';
import { parseInlineScript, type ScriptSource } from '../../config/script/index.js';
import { countBy, dedupeBy, explodeList, sampleShare } from '../../pipeline/index.js';
import { givenScript, type ScriptSurroundings } from '../plan/given-scripts.js';
import type { RunFlags } from './flags.js';

/** The stages that flags ask for, beside the filters. */
export interface GivenStages {
  /** Before those of the script or the pipeline. */
  readonly before: readonly StagePlan[];
  /** Behind them. */
  readonly behind: readonly StagePlan[];
  readonly sources: ReadonlyMap<ScriptPlan, ScriptSource>;
}

/** Whether a flag asks for a stage that is enough of a job by itself. */
export function hasGivenStage({ explode, sampleRate, dedupe, countBy: count }: RunFlags): boolean {
  return [explode, sampleRate, dedupe, count].some((flag) => flag !== undefined);
}

/** @throws ConfigError for a script that cannot be read, or is certain to fail */
export async function givenStages(flags: RunFlags, surroundings: ScriptSurroundings): Promise<GivenStages> {
  const sources = new Map<ScriptPlan, ScriptSource>();
  const made = async (
    flag: string,
    text: string | undefined,
    make: typeof explodeList,
  ): Promise<readonly StagePlan[]> => {
    if (text === undefined) return [];
    const source = await parseInlineScript(text, flag);
    const script = await givenScript(source, surroundings);
    sources.set(script, source);
    return [make(flag, script)];
  };
  const { explode, sampleRate, dedupe, countBy: count } = flags;
  return {
    before: [
      ...(await made('--explode', explode, explodeList)),
      ...(sampleRate === undefined ? [] : [sampleShare('--sample-rate', sampleRate)]),
      ...(await made('--dedupe', dedupe, dedupeBy)),
    ],
    behind: await made('--count-by', count, countBy),
    sources,
  };
}
