import { connectNats, type NatsLink } from '../../src/nats/index.js';
import { startDaemon, until, type TestDaemon } from './daemon.js';
import type { TestNatsServer } from './nats-server.js';

export const RESULTS = 'results';

/** A pipeline that publishes whole events, doubled, to a stream of the server, ordered by `/user`. */
export const DOUBLING = `
fleet: { order_by: /user, ack_wait: 2s, partitions: 8, max_deliveries: 10, replicas: 1 }
pipelines:
  default:
    stages: [{ computo: [obj, id, [$input, /id], user, [$input, /user], doubled, ['*', 2, [$input, /n]]] }]
    outputs: [{ nats: ${RESULTS}, envelope: true }]
    dead_letter: ./dead.ndjson
`;

/** Starts a daemon that joins. */
export function startMember(
  server: TestNatsServer,
  config: string,
  options: { cwd?: string; env?: Readonly<Record<string, string>>; machine?: string } = {},
): Promise<TestDaemon> {
  return startDaemon(`nats: { url: "${server.url}" }\n${config}`, { ...options, args: ['--join', server.url] });
}

/** A connection of the test's own, with a stream that keeps what the members publish. */
export async function openResults(server: TestNatsServer): Promise<NatsLink> {
  const link = await connectNats({ urls: [server.url], name: 'test' }, Date.now);
  await link.jsm.streams.add({ name: 'RESULTS', subjects: [RESULTS], storage: 'file' });
  return link;
}

export interface ResultEvent {
  readonly id: string;
  readonly data: { readonly id: number; readonly user?: string; readonly doubled?: number };
}

/** How many results there are. While the server is away, nobody can say: this waits until it is back. */
export async function countResults(link: NatsLink): Promise<number> {
  let count = 0;
  await until(async () => {
    // A question asked meanwhile would wait for its time-out.
    if (link.state.kind === 'away') return false;
    try {
      count = (await link.jsm.streams.info('RESULTS')).state.messages;
      return true;
    } catch {
      return false;
    }
  }, 'the server says how many results there are');
  return count;
}

/** Every result, in the order of the stream. */
export async function readResults(link: NatsLink): Promise<readonly ResultEvent[]> {
  const count = await countResults(link);
  const results: ResultEvent[] = [];
  if (count === 0) return results;
  const consumer = await link.js.consumers.get('RESULTS');
  for await (const message of await consumer.consume()) {
    results.push(message.json<ResultEvent>());
    if (results.length === count) break;
  }
  return results;
}
