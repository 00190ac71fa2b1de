import type { LoadedConfig } from '../../config/index.js';
import type { RunPaused } from '../../pipeline/index.js';

/** Any other run would stop at the same request. */
const FOR_BATCHES =
  'add --lane batch to the command, which waits for the batch; or give it up, and run the command again (colloquium journal batches lists it)';

/**
 * What to do after a pause, as an instruction.
 *
 * @param config where the keys are named
 * @param howToContinue what to do if nothing has to be changed first
 */
export async function wayOn(
  pause: RunPaused | undefined,
  config: LoadedConfig | undefined,
  howToContinue: string,
): Promise<string> {
  if (pause?.reason === 'batched') return FOR_BATCHES;
  if (pause?.remedy === undefined || config === undefined) return howToContinue;
  return (await import('./remedy.js')).remedyText(pause.remedy, config, howToContinue);
}
