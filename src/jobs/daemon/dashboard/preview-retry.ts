import type { OutputPlan } from '../../../config/index.js';
import { isAiStage } from '../../../pipeline/index.js';
import type { RetryPreview } from '../../../server/index.js';
import { fileOf } from '../../../sinks/kinds/index.js';
import { lettersToRetry, nothingLeft } from '../../replay/letters.js';
import type { ServePlan } from '../../serve-plan.js';
import { countsOf, planOfRetry, whyNotRetried, type RetryLettersOptions } from './retry-letters.js';

/** More letters are not counted: somebody waits for the answer. */
const LETTERS_MAX = 100_000;

/**
 * Counts the dead letters that a retry would take, by pipeline, as the retry itself would find them. Nothing is retried or noted.
 *
 * @throws SourceError; LogError `locked` when another process is retrying letters
 */
export async function previewRetry(
  serve: ServePlan,
  { world, signal }: Pick<RetryLettersOptions, 'world' | 'signal'>,
): Promise<RetryPreview> {
  const left = nothingLeft();
  const counts = new Map<string, number>();
  const { pipelines } = serve;
  let total = 0;
  // The retry itself tells of damage.
  const underWay = { plan: planOfRetry(serve), world, signal, onDamage: () => undefined };
  for await (const letters of lettersToRetry(underWay, { pipelines, through: 'own' }, left)) {
    const { name } = letters.pipeline.spec;
    for await (const { resumeAt } of letters.blocks) {
      if (total === LETTERS_MAX) break;
      total += 1;
      counts.set(name, (counts.get(name) ?? 0) + 1);
      // In this pass alone: a later pass must not count it again, and nothing is kept in memory.
      letters.onReached(resumeAt);
    }
  }
  const found = pipelines.flatMap((pipeline) => {
    const { spec, outputs } = pipeline;
    const letters = counts.get(spec.name);
    if (letters === undefined) return [];
    const refused = whyNotRetried(pipeline);
    return [
      {
        pipeline: spec.name,
        letters,
        outputs: outputs.map(nameOf),
        asks_ai: spec.stages.some(isAiStage),
        ...(refused !== undefined && { refused }),
      },
    ];
  });
  return { pipelines: found, ...countsOf(left), more: total === LETTERS_MAX };
}

function nameOf(output: OutputPlan): string {
  return fileOf(output)?.file ?? output.kind;
}
