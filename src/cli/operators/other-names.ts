import { KINDS } from '../../jobs/kinds/index.js';
import { LINES_OF_JSON, OUTPUT_FORMATS } from '../../sinks/formats/index.js';
import { INPUT_FORMATS } from '../../sources/formats/index.js';

/** A hint about a name that no operator has; undefined if nothing is known about it. */
export function whatElse(name: string): string | undefined {
  if (KINDS.stages.get(name) !== undefined) return `it is a stage of a pipeline: colloquium stages ${name} explains it`;
  if ([LINES_OF_JSON, ...INPUT_FORMATS.map((one) => one.name)].includes(name))
    return `it is a format: colloquium run --in ${name} reads it`;
  if (OUTPUT_FORMATS.some((one) => one.name === name)) return `it is a format: colloquium run --out ${name} writes it`;
  if (KINDS.outputs.get(name) !== undefined)
    return `it is an output of a pipeline: colloquium schema has its settings under outputs`;
  if (KINDS.sources.get(name) !== undefined)
    return `it is an input of serve: colloquium schema has its settings under sources`;
  if (KINDS.providers.get(name) !== undefined)
    return `it is an AI provider: colloquium schema has its settings under ai_providers`;
  return undefined;
}
