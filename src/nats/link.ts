import type { JetStreamClient, JetStreamManager } from '@nats-io/jetstream';
import type { KV, KvOptions } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import { authenticatorsOf } from './authenticators.js';
import type { NatsOptions } from './options.js';
import { reconnectDelay } from './reconnect-delay.js';
import { refusalOf } from './refusal.js';
import { tlsOf } from './tls.js';
import { NatsUnavailableError } from './unavailable-error.js';

/** A connection to a NATS server with JetStream. It reconnects by itself, however long that takes. */
export interface NatsLink {
  readonly connection: NatsConnection;
  readonly js: JetStreamClient;
  readonly jsm: JetStreamManager;
  /** Opens a bucket; creates it if necessary. */
  bucket(name: string, options: Partial<KvOptions>): Promise<KV>;
  /** Whether the server is reachable; `since`: milliseconds since the epoch. */
  readonly state: LinkState;
  /** Aborted when the link is closed, so that operations that wait for the server give up. */
  readonly closed: AbortSignal;
  /**
   * Calls `then` each time the connection is lost.
   *
   * @returns a function that ends the calls
   */
  onAway(then: () => void): () => void;
  /**
   * Calls `then` each time the connection is back.
   *
   * @returns a function that ends the calls
   */
  onBack(then: () => void): () => void;
  close(): Promise<void>;
}

export type LinkState = { readonly kind: 'connected' } | { readonly kind: 'away'; readonly since: number };

const CONNECT_TIMEOUT_MS = 10_000;
/** A server that does not answer two pings is unreachable, even if the kernel considers it connected. */
const PING_INTERVAL_MS = 10_000;

/**
 * Loads the NATS client and connects.
 *
 * @param now milliseconds since the epoch
 * @throws NatsUnavailableError if the server is unreachable, rejects our credentials or has no JetStream
 */
export async function connectNats(options: NatsOptions, now: () => number): Promise<NatsLink> {
  const { connect, jetstream, jetstreamManager, Kvm } = await import('./client.js');
  const delay = reconnectDelay();
  const tls = tlsOf(options);
  const refused = (error: unknown): never => {
    const { reason, ...refusal } = refusalOf(error);
    const message = `cannot use NATS at ${withoutSecrets(options.urls)}: ${reason}`;
    throw new NatsUnavailableError(message, { cause: error, ...refusal });
  };
  const connection = await connect({
    servers: [...options.urls],
    name: options.name,
    timeout: CONNECT_TIMEOUT_MS,
    maxReconnectAttempts: -1,
    ignoreAuthErrorAbort: true,
    // Preparing a stack trace for a request costs as much as the request itself.
    noAsyncTraces: true,
    pingInterval: PING_INTERVAL_MS,
    reconnectDelayHandler: () => delay.ms(),
    authenticator: await authenticatorsOf(options),
    ...(tls && { tls }),
  }).catch(refused);

  const closing = new AbortController();
  const gone = new Set<() => void>();
  const backAgain = new Set<() => void>();
  let state: LinkState = { kind: 'connected' };
  const follow = async (): Promise<void> => {
    for await (const { type } of connection.status()) {
      if (type === 'disconnect') {
        state = { kind: 'away', since: now() };
        for (const then of [...gone]) then();
      }
      if (type === 'reconnecting') delay.tried();
      if (type !== 'reconnect') continue;
      delay.succeeded();
      state = { kind: 'connected' };
      for (const then of [...backAgain]) then();
    }
  };
  void follow();

  try {
    const js = jetstream(connection);
    const jsm = await jetstreamManager(connection);
    const buckets = new Kvm(js);
    return {
      connection,
      js,
      jsm,
      bucket: (name, given) => buckets.create(name, given),
      get state() {
        return state;
      },
      closed: closing.signal,
      onAway: (then) => listen(gone, then),
      onBack: (then) => listen(backAgain, then),
      async close() {
        closing.abort();
        await connection.close();
      },
    };
  } catch (error) {
    await connection.close();
    return refused(error);
  }
}

function listen(listeners: Set<() => void>, then: () => void): () => void {
  listeners.add(then);
  return () => listeners.delete(then);
}

/** An address may contain a password. */
function withoutSecrets(urls: readonly string[]): string {
  return urls.map((url) => url.replace(/\/\/[^/@]*@/, '//')).join(', ');
}
