import type { PipelineServePlan } from '../../jobs/index.js';
import { isAiStage } from '../../pipeline/index.js';
import { EXIT } from '../exit/exit-codes.js';
import { UserError } from '../exit/user-error.js';

/**
 * Rejects stages that send batches in a daemon that can't.
 *
 * @throws UserError
 */
export function refuseBatchesOf(
  plan: PipelineServePlan,
  { isFleet, isEncrypted }: { readonly isFleet: boolean; readonly isEncrypted: boolean },
): void {
  if (isFleet) refuseBatches(plan, 'a member of a fleet', 'run this pipeline in a daemon of its own, without --join');
  if (isEncrypted)
    refuseBatches(
      plan,
      'a daemon with storage.encryption, which does not cover the files of batches,',
      'leave lane out',
    );
}

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
