import type { PipelineServePlan } from '../../jobs/index.js';
import { isAiStage } from '../../pipeline/index.js';
import { EXIT } from '../exit/exit-codes.js';
import { UserError } from '../exit/user-error.js';

/**
 * Rejects stages that send batches, for commands that would ask live, at the full price.
 *
 * @param command for people
 * @throws UserError
 */
export function refuseBatches({ spec }: PipelineServePlan, command: string, hint: string): void {
  const stage = spec.stages.filter(isAiStage).find(({ batch }) => batch !== undefined);
  if (stage === undefined) return;
  const lane = stage.batch?.rowsMin === undefined ? 'batch' : 'auto';
  throw new UserError(
    `pipeline ${spec.name}: stage ${stage.name} has lane: ${lane}, and ${command} sends no batches`,
    EXIT.invalid,
    hint,
  );
}
