import type * as z from 'zod';
import type { OutputConfigFields, SchemaVocabulary } from '../../config/kinds/index.js';
import { formatProblem, LINES_OF_JSON, OUTPUT_FORMATS, outputFormat } from '../formats/index.js';

/** The config keys that set the format of an output. */
export const formatKeys = (f: SchemaVocabulary) => ({
  format: f
    .choice([LINES_OF_JSON, ...OUTPUT_FORMATS.map(({ name }) => name)])
    .optional()
    .describe('How data is written: ndjson (the default), csv, tsv, or text, which is texts without quotes.'),
  columns: f
    .list('columns', f.text('the name of a column'))
    .optional()
    .describe('The columns of csv and tsv, in order. An event with another key fails; a missing one is an empty cell.'),
});

/** Rejects settings of an output that contradict each other. */
export function withFormat<Section extends z.ZodType<OutputConfigFields>>(section: Section): Section {
  return section.superRefine((settings, context) => {
    const problem = formatProblem(settings) ?? missingColumns(settings);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem.message, path: [problem.key] });
  });
}

/** Outputs of a config are appended to by many runs, so the first event of one run can't decide the columns. */
function missingColumns(settings: OutputConfigFields): ReturnType<typeof formatProblem> {
  if (settings.columns !== undefined || outputFormat(settings)?.kind !== 'table') return undefined;
  return { key: 'columns', message: `missing: ${settings.format ?? ''} needs a list of columns` };
}
