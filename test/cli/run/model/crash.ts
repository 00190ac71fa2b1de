import { existsSync, linkSync, renameSync } from 'node:fs';
import net, { type Server } from 'node:net';
import { syncBuiltinESMExports } from 'node:module';
import { guardChanges } from './guard-changes.js';

/** A process that is killed leaves everything as it is: what it would have done next is not done. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

/**
 * Does something as if the process were killed before it changes a file for the nth time: nothing is changed from then on.
 *
 * @returns whether it came so far
 */
export async function killedAt(change: number, act: () => Promise<unknown>): Promise<boolean> {
  let changes = 0;
  const unguard = guardChanges(() => {
    changes += 1;
    if (changes >= change) throw new Crash('killed');
  });
  const { createServer } = net;
  const servers: Server[] = [];
  net.createServer = ((...args: Parameters<typeof createServer>) => {
    const server = createServer(...args);
    servers.push(server);
    return server;
  }) as typeof createServer;
  syncBuiltinESMExports();
  try {
    await act();
  } catch (error) {
    if (changes < change) throw error;
  } finally {
    net.createServer = createServer;
    unguard();
    // Nobody answers any more at the sockets of a dead process.
    for (const server of servers) closeAndLeave(server);
  }
  return changes >= change;
}

/** Closes a socket, whose name stays: a process that ends by itself removes it, one that is killed does not. */
function closeAndLeave(server: Server): void {
  const path = server.address();
  const isThere = typeof path === 'string' && existsSync(path);
  if (isThere) linkSync(path, `${path}~`);
  server.close();
  if (isThere) renameSync(`${path}~`, path);
}
