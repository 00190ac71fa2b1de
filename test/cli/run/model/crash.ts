import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import net, { type Server } from 'node:net';

/** A process that is killed leaves everything as it is: what it would have done next is not done. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

/** What changes files, in the calls that a run makes. */
const SYNC = ['writeSync', 'ftruncateSync', 'renameSync', 'rmSync', 'mkdirSync'] as const;
const ASYNC = ['rename', 'link', 'unlink', 'rm', 'mkdir', 'open'] as const;

/**
 * Does something as if the process were killed before it changes a file for the nth time: nothing is changed from then on.
 *
 * @returns whether it came so far
 */
export async function killedAt(change: number, act: () => Promise<unknown>): Promise<boolean> {
  let changes = 0;
  const guard = (): void => {
    changes += 1;
    if (changes >= change) throw new Crash('killed');
  };
  const before = { ...fs };
  const beforePromises = { ...fs.promises };
  const patched = fs as unknown as Record<string, unknown>;
  const patchedPromises = fs.promises as unknown as Record<string, unknown>;
  for (const name of SYNC) {
    const real = before[name] as (...args: unknown[]) => unknown;
    patched[name] = (...args: unknown[]) => {
      guard();
      return real(...args);
    };
  }
  for (const name of ASYNC) {
    const real = beforePromises[name] as (...args: unknown[]) => Promise<unknown>;
    patchedPromises[name] = async (...args: unknown[]) => {
      // Opening for reading changes nothing.
      if (name !== 'open' || (args[1] !== undefined && args[1] !== 'r')) guard();
      return await real(...args);
    };
  }
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
    for (const name of SYNC) patched[name] = before[name];
    for (const name of ASYNC) patchedPromises[name] = beforePromises[name];
    net.createServer = createServer;
    syncBuiltinESMExports();
    // Nobody answers any more at the sockets of a dead process.
    for (const server of servers) server.close();
  }
  return changes >= change;
}
