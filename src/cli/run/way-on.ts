import type { LoadedConfig } from '../../config/index.js';
import type { RunPaused } from '../../pipeline/index.js';

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
  if (pause?.remedy === undefined || config === undefined) return howToContinue;
  return (await import('./remedy.js')).remedyText(pause.remedy, config, howToContinue);
}
