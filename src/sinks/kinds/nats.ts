import type { OutputPlan } from '../../config/index.js';
import type { SchemaVocabulary } from '../../config/kinds/index.js';
import { readStoredEvent, type StoredOrigin } from '../../event/index.js';
import { tokenOf } from '../../nats/index.js';
import { natsSink } from '../nats-sink.js';
import type { SubjectKind } from './kind.js';

const schema = (f: SchemaVocabulary) =>
  f.section({
    nats: f
      .text('a subject like results.orders, without * and >', isSubject)
      .describe(
        'The NATS subject to publish to, which a stream must keep. {pipeline} and {routing_key} are filled in.',
      ),
    ...f.outputKeys(),
  });

function isSubject(subject: string): boolean {
  const filled = subject.replaceAll(/\{(?:pipeline|routing_key)\}/g, 'x');
  return /^[^\s.*>{}]+(?:\.[^\s.*>{}]+)*$/.test(filled) && !filled.startsWith('$');
}

interface NatsPlan extends OutputPlan {
  /** May contain `{pipeline}` and `{routing_key}`. */
  readonly subject: string;
}

export const nats: SubjectKind<ReturnType<typeof schema>['_output'], NatsPlan> = {
  kind: 'nats',
  schema,
  files: [],
  plan: ({ nats: subject }) => ({ kind: 'nats', subject }),
  to: 'nats',
  subjectOf: ({ subject }) => subject,
  open: (plan, { link, pipeline, index }) =>
    natsSink(`nats ${plan.subject}`, link, (line) => {
      const event = readStoredEvent(line.toString('utf8'));
      if (event === undefined) throw new Error('a result that is not an event');
      const { origin, data } = event;
      return {
        subject: subjectFor(plan.subject, origin),
        id: `${origin.id}:${pipeline}:${index}:${origin.retryCount}`,
        payload: plan.envelope ? line : Buffer.from(data),
      };
    }),
};

function subjectFor(pattern: string, { pipeline, routingKey = 'none' }: StoredOrigin): string {
  return pattern.replaceAll('{pipeline}', tokenOf(pipeline)).replaceAll('{routing_key}', tokenOf(routingKey));
}
