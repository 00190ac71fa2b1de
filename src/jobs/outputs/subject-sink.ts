import type { OutputPlan } from '../../config/index.js';
import { tokenOf, type NatsLink } from '../../nats/index.js';
import { readStoredEvent, type StoredOrigin } from '../../event/index.js';
import { natsSink, type Sink } from '../../sinks/index.js';

/**
 * An output to a subject of NATS. It is given whole events, whatever it sends: their ids name the messages, so that an event which
 * is processed twice is in the stream once.
 */
export function subjectSink(
  output: Extract<OutputPlan, { kind: 'nats' }>,
  { link, pipeline, index }: { readonly link: NatsLink; readonly pipeline: string; readonly index: number },
): Sink {
  return natsSink(`nats ${output.subject}`, link, (line) => {
    const event = readStoredEvent(line.toString('utf8'));
    if (event === undefined) throw new Error('a result that is no event');
    const { origin, data } = event;
    return {
      subject: subjectFor(output.subject, origin),
      id: `${origin.id}:${pipeline}:${index}:${origin.retryCount}`,
      payload: output.envelope ? line : Buffer.from(data),
    };
  });
}

function subjectFor(pattern: string, { pipeline, routingKey = 'none' }: StoredOrigin): string {
  return pattern.replaceAll('{pipeline}', tokenOf(pipeline)).replaceAll('{routing_key}', tokenOf(routingKey));
}
