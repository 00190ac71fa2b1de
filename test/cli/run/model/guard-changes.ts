import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/** What changes files, in the calls that a run makes. */
const SYNC = [
  ...(['writeSync', 'writeFileSync', 'appendFileSync', 'ftruncateSync', 'truncateSync'] as const),
  ...(['renameSync', 'rmSync', 'mkdirSync'] as const),
];
const ASYNC = ['rename', 'link', 'unlink', 'rm', 'mkdir', 'open', 'appendFile', 'utimes'] as const;

/**
 * Has something done before each change of a file in this process.
 *
 * @returns takes it back
 */
export function guardChanges(guard: () => void): () => void {
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
  syncBuiltinESMExports();
  return () => {
    for (const name of SYNC) patched[name] = before[name];
    for (const name of ASYNC) patchedPromises[name] = beforePromises[name];
    syncBuiltinESMExports();
  };
}
