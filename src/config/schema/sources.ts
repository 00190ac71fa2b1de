import * as z from 'zod';
import { duration, path, text } from './fields.js';
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
  unfinished_line: duration(0)
    .prefault('30s')
    .describe(
      'How long a last line waits for its newline, before it counts as a line. A plain number is milliseconds.',
    ),
  pipeline: pipelineName(),
});

const natsSource = section({
  nats: text('a subject like orders.new, orders.* or orders.>', isSubjectFilter).describe(
    'Read the messages of this NATS subject, which a stream keeps. * stands for one part, > for all that follow.',
  ),
  stream: text("a stream's name", (name) => /^[^\s.*>/\\]+$/.test(name))
    .optional()
    .describe('The stream. Without it: the one that keeps the subject.'),
  consumer: text('letters, digits, - and _', (name) => /^[A-Za-z0-9_-]{1,64}$/.test(name))
    .prefault('colloquium')
    .describe('Begins the name of the durable consumer. Daemons with the same one share the messages.'),
  pipeline: pipelineName(),
});

function isSubjectFilter(subject: string): boolean {
  const parts = subject.split('.');
  return parts.every((part, at) =>
    part === '>' ? at === parts.length - 1 : part === '*' || (part !== '' && !/[\s*>]/.test(part)),
  );
}

const SOURCE_KEYS = ['stdin', 'folder', 'nats'];

const source = alternatives(
  'a source: a map with the key stdin, folder or nats',
  [stdinSource, folderSource, natsSource],
  byKey(SOURCE_KEYS),
  SOURCE_KEYS,
);

export const sources = list('sources', source).prefault([]).describe('What serve reads besides HTTP.');
