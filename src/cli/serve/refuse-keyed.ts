import type { PipelineServePlan } from '../../jobs/index.js';
import { fileOf } from '../../sinks/kinds/index.js';
import { EXIT } from '../exit/exit-codes.js';
import { UserError } from '../exit/user-error.js';

/**
 * Rejects outputs that have a file per key, for commands that write the outputs of stored events.
 *
 * @param command for people
 * @throws UserError
 */
export function refuseKeyed({ spec, outputs }: PipelineServePlan, command: string): void {
  const keyed = outputs.map(fileOf).find((file) => file?.keyed !== undefined);
  if (keyed === undefined) return;
  throw new UserError(
    `pipeline ${spec.name} writes a file per key, ${keyed.file}, which ${command} does not: only run does`,
    EXIT.invalid,
    'write one file, or an output for each key with `when`; run can split the file later',
  );
}
