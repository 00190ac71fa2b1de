import { ComputoError, withinEngineLimits } from './computo-error.js';
import { DEFAULT_LIMITS } from './compile/index.js';
import { applyTemplate, TemplateDepthError, TemplateMissingError } from './permuto/index.js';
import { EffortExceeded, type Json } from './value/index.js';

const OPTIONS = { interpolation: true, missing: 'error', defaults: true } as const;

/**
 * Fills in a Permuto template outside of any script. Placeholders inside longer text are replaced as well, where values other
 * than text are written as JSON. `${/pointer:-text}` gives a default for a value that is missing, null or empty text.
 *
 * @returns the template with every placeholder replaced; a text that consists of a single placeholder becomes the value itself
 * @throws ComputoError `InvalidArgument` for a path that the context does not have, `LimitExceeded` for a result that is too
 *   large
 */
export function fillTemplate(template: Json, context: Json): Json {
  const effort = { stepsLeft: DEFAULT_LIMITS.steps, unitsLeft: DEFAULT_LIMITS.outputSize };
  try {
    return withinEngineLimits(() => applyTemplate(template, context, OPTIONS, effort));
  } catch (error) {
    if (error instanceof TemplateMissingError) {
      const hint = `Write what stands for it: \${${error.path}:-text}.`;
      throw new ComputoError(
        'InvalidArgument',
        `the template found nothing at ${JSON.stringify(error.path)}`,
        '',
        hint,
      );
    }
    if (error instanceof TemplateDepthError) throw new ComputoError('LimitExceeded', error.message, '');
    if (error instanceof EffortExceeded) {
      throw new ComputoError('LimitExceeded', 'what the template makes of the data is too large', '');
    }
    throw error;
  }
}
