import type { ScriptPlan, StagePlan } from '../../config/index.js';
import { ConfigError } from '../../config/diagnostic/index.js';
import { parseInlineScript, type ScriptSource } from '../../config/script/index.js';
import { countBy, dedupeBy, explodeList, sampleShare } from '../../pipeline/index.js';
import { givenScript, type ScriptSurroundings } from '../plan/given-scripts.js';
import type { RunFlags } from './flags.js';

/** The stages that flags request, other than filters. */
export interface GivenStages {
  /** Stages before those of the script or the pipeline. */
  readonly before: readonly StagePlan[];
  /** Stages after those of the script or the pipeline. */
  readonly behind: readonly StagePlan[];
  readonly sources: ReadonlyMap<ScriptPlan, ScriptSource>;
}

/** Whether a flag requests a stage that is enough of a job by itself. */
export function hasGivenStage({ explode, sampleRate, dedupe, countBy: count }: RunFlags): boolean {
  return [explode, sampleRate, dedupe, count].some((flag) => flag !== undefined);
}

/** Parses a flag's script. Several fields must be a list, unlike in other tools; the error's hint says so. */
async function scriptOf(flag: string, text: string): Promise<ScriptSource> {
  try {
    return await parseInlineScript(text, flag);
  } catch (error) {
    if (!(error instanceof ConfigError) || !/^[\w/]+(?:,\s*[\w/]+)+$/.test(text)) throw error;
    const fields = text.split(/,\s*/).map((field) => (field.startsWith('/') ? field : `/${field}`));
    const hint = `several fields are a list: ${flag} '[${fields.join(', ')}]'`;
    throw new ConfigError(error.diagnostics.map((finding) => ({ ...finding, hint })));
  }
}

/** @throws ConfigError for a script that can't be parsed, or is certain to fail */
export async function givenStages(flags: RunFlags, surroundings: ScriptSurroundings): Promise<GivenStages> {
  const sources = new Map<ScriptPlan, ScriptSource>();
  const made = async (
    flag: string,
    text: string | undefined,
    make: typeof explodeList,
  ): Promise<readonly StagePlan[]> => {
    if (text === undefined) return [];
    const source = await scriptOf(flag, text);
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
