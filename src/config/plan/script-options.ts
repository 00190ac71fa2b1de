import type { LoadedConfig } from '../load/load-config.js';
import { useSection } from '../load/sections.js';
import type { Config } from '../schema.js';
import type { ScriptOptions } from './pipeline-plan.js';

/** The options for compiling a config's scripts: its `computo` section. */
export function scriptOptions(config: LoadedConfig): ScriptOptions {
  return toScriptOptions(useSection(config, 'computo'));
}

export function toScriptOptions({ dialect, portable, limits, permuto }: Config['computo']): ScriptOptions {
  const { steps, depth, output_size: outputSize } = limits;
  return {
    dialect,
    ...(portable && { portable }),
    limits: {
      ...(steps !== undefined && { steps }),
      ...(depth !== undefined && { depth }),
      ...(outputSize !== undefined && { outputSize }),
    },
    permuto,
  };
}
