import { afterAll, beforeAll } from 'vitest';
import type { NatsLink } from '../../src/nats/index.js';
import { startNatsServer, type TestNatsServer } from './nats-server.js';

/** A server that the tests of a suite share, with a link to it: there while they run. */
export interface SharedNats {
  readonly server: TestNatsServer;
  readonly link: NatsLink;
}

/** To be called in the suite. @param open makes the link, and what all its tests need on the server */
export function sharedNats(open: (server: TestNatsServer) => Promise<NatsLink>): SharedNats {
  let server: TestNatsServer;
  let link: NatsLink;
  beforeAll(async () => {
    server = await startNatsServer();
    link = await open(server);
  });
  afterAll(async () => {
    await link.close();
    await server.end();
  });
  return {
    get server() {
      return server;
    },
    get link() {
      return link;
    },
  };
}
