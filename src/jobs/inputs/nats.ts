import type { SchemaVocabulary } from '../../config/kinds/index.js';
import type { SourceKind } from './kind.js';
import type { SubjectSource } from './read-subject.js';

const schema = (f: SchemaVocabulary) =>
  f.section({
    nats: f
      .text('a subject like orders.new, orders.* or orders.>', isSubjectFilter)
      .describe(
        'Read the messages of this NATS subject, which a stream keeps. * stands for one part, > for all that follow.',
      ),
    stream: f
      .text("a stream's name", (name) => /^[^\s.*>/\\]+$/.test(name))
      .optional()
      .describe('The stream. Without it: the one that keeps the subject.'),
    consumer: f
      .text('letters, digits, - and _', (name) => /^[A-Za-z0-9_-]{1,64}$/.test(name))
      .prefault('colloquium')
      .describe('Begins the name of the durable consumer. Daemons with the same one share the messages.'),
    pipeline: f.pipelineName(),
  });

function isSubjectFilter(subject: string): boolean {
  const parts = subject.split('.');
  return parts.every((part, at) =>
    part === '>' ? at === parts.length - 1 : part === '*' || (part !== '' && !/[\s*>]/.test(part)),
  );
}

export const nats: SourceKind<ReturnType<typeof schema>['_output'], SubjectSource> = {
  kind: 'nats',
  schema,
  folders: [],
  plan: ({ nats: subject, stream, consumer, pipeline }) => ({ kind: 'nats', subject, stream, consumer, pipeline }),
  nameOf: ({ subject }) => `nats ${subject}`,
  needsNats: true,
  async read(plan, { link, signal, intake, reading, restored }) {
    if (link === undefined) return;
    const { readSubject } = await import('./read-subject.js');
    await readSubject(plan, link, intake(), { reading, restored }, signal);
  },
};
