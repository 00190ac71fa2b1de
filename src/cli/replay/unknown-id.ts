import { idOfLine } from '../../event/index.js';
import { nodeWorld, openReadOnlyLog, type ReadOnlyLog } from '../../log/index.js';
import { EXIT } from '../exit/exit-codes.js';
import { UserError } from '../exit/user-error.js';
import { openKeys } from '../../jobs/index.js';
import type { ReplayPlan } from '../../jobs/replay/index.js';

const NEWLINE = 0x0a;

/**
 * Rejects `--from-id` with an id that no stored event has: it is mistyped, from another log, or the event was deleted. Dead
 * letters outlive their events; they are selected by the time in their ids.
 *
 * @throws UserError; LogError
 */
export async function refuseUnknownId({ choice, config, logFolder }: ReplayPlan): Promise<void> {
  const { since, fromId, from } = choice;
  if (fromId === undefined || from === 'dead-letters') return;
  if (await isStored(fromId, since, openReadOnlyLog(nodeWorld(await openKeys(config)), logFolder))) return;
  const moment = new Date(since).toISOString();
  throw new UserError(
    `no stored event has the id ${fromId}`,
    EXIT.usage,
    `--since ${moment} begins with the first event from then on`,
  );
}

async function isStored(id: string, since: number, log: ReadOnlyLog): Promise<boolean> {
  for await (const { bytes } of log.read({ from: { since } })) {
    for (let at = 0, end = bytes.indexOf(NEWLINE); end !== -1; at = end + 1, end = bytes.indexOf(NEWLINE, at)) {
      const found = idOfLine(bytes, at) ?? '';
      // Ids sort by time, in log order.
      if (found >= id) return found === id;
    }
  }
  return false;
}
