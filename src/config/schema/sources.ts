import * as z from 'zod';
import { path, text } from './fields.js';
import { alternatives, byKey, list, section } from './structures.js';

const pipelineName = () =>
  text('the name of a pipeline').prefault('default').describe('The pipeline that its events go through.');

const stdinSource = section({
  stdin: z
    .unknown()
    .transform((input, context): true => {
      if (input === true || input === 'true') return true;
      context.issues.push({ code: 'custom', input, message: 'expected true' });
      return z.NEVER;
    })
    .meta({ const: true })
    .describe('Read events from standard input.'),
  pipeline: pipelineName(),
});

const folderSource = section({
  folder: path().describe('Read every file that appears in this folder.'),
  pattern: text('a file name pattern like *.ndjson')
    .prefault('*')
    .describe('Which files; * stands for any characters.'),
  pipeline: pipelineName(),
});

const SOURCE_KEYS = ['stdin', 'folder'];

const source = alternatives(
  'a source: a map with the key stdin or folder',
  [stdinSource, folderSource],
  byKey(SOURCE_KEYS),
  SOURCE_KEYS,
);

export const sources = list('sources', source).prefault([]).describe('What serve reads besides HTTP.');
