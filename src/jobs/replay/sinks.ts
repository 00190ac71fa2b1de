import type { OpenSinks } from '../../pipeline/index.js';
import { DEAD_LETTER_PERMISSIONS } from '../../sinks/index.js';
import { endHalfLines } from '../outputs/end-half-lines.js';
import { holdTargets } from '../outputs/hold-targets.js';
import { openTargets } from '../outputs/open-targets.js';
import { filesOf, type OutputTarget, type Targets } from '../outputs/target.js';
import type { OpenReplay } from './open-replay.js';

/**
 * Opens the outputs of a replay, for events and for failures: a file that is appended to, or else what is shown to the user.
 * Results of dead letters are appended, too, because letters that were retried before are not retried again.
 *
 * @throws SinkError, also when another process writes to the output
 */
export async function openReplaySinks(
  { plan: { choice, deadLetter }, talk }: Pick<OpenReplay, 'plan' | 'talk'>,
  to: OutputTarget,
): Promise<OpenSinks> {
  const mode = choice.from === 'dead-letters' ? 'append' : 'truncate';
  const keeping = { permissions: DEAD_LETTER_PERMISSIONS };
  const targets: Targets = {
    outputs: [to.kind === 'file' ? { ...to, mode } : to],
    deadLetters:
      deadLetter === undefined ? { kind: 'stderr' } : { kind: 'file', path: deadLetter, mode: 'append', keeping },
  };
  const holds = await holdTargets(targets, { command: 'colloquium replay', keepsNames: false, holdsLetters: false });
  const sinks = await openTargets(targets, { pipeline: 'replay', holds, letters: talk.letters });
  const files = filesOf(targets);
  await endHalfLines(
    files,
    sinks.files,
    files.map((file) => file.mode),
  );
  return {
    ...sinks,
    async close() {
      await sinks.close();
      await holds.release();
    },
  };
}
