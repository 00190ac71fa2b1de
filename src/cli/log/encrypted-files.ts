import { pipelineNames, resolvePipeline, type FilePlan, type LoadedConfig } from '../../config/index.js';
import { fileOf } from '../../sinks/kinds/index.js';

/** The outputs and dead letters of a config that are encrypted. @throws ConfigError */
export async function encryptedFiles(config: LoadedConfig): Promise<readonly FilePlan[]> {
  const found: FilePlan[] = [];
  for (const name of pipelineNames(config)) {
    const { outputs = [], deadLetter } = (await resolvePipeline(config, name)).plan;
    found.push(...outputs.map(fileOf).filter((file) => file !== undefined), ...(deadLetter ? [deadLetter] : []));
  }
  return found.filter(({ encrypt }) => encrypt);
}
