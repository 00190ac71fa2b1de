import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { pipeChunks } from '../../src/sources/pipe-chunks.js';
import { scratch } from '../support/cli.js';

const openPipe = promisify(open);

describe('a pipe', () => {
  const cwd = scratch();

  /** The reading end of a pipe that a shell script writes to. */
  async function written(name: string, script: string) {
    const path = join(cwd, name);
    execFileSync('mkfifo', [path]);
    const writer = spawn('sh', ['-c', `exec > ${name}; ${script}`], { cwd, stdio: 'ignore' });
    return { fd: await openPipe(path, 'r'), writer };
  }

  it('gives every byte in its order, however its writer cuts them, then ends', async () => {
    const script = 'seq 1 50000; sleep 0.05; for n in $(seq 50001 50300); do echo $n; done; seq 50301 100000';
    const { fd } = await written('numbers', script);
    let text = '';
    for await (const chunk of pipeChunks(fd)) text += chunk.toString();
    expect(text).toBe(Array.from({ length: 100_000 }, (_, n) => `${n + 1}\n`).join(''));
  });

  it('keeps a chunk as it was while the next one is asked for', async () => {
    const { fd } = await written('letters', 'yes | head -c 1000000; yes n | head -c 1000000');
    const chunks = pipeChunks(fd)[Symbol.asyncIterator]();
    let text = '';
    for (let result = await chunks.next(); result.done !== true;) {
      const next = chunks.next();
      // Long enough for the next chunk to arrive.
      await new Promise((resolve) => setTimeout(resolve, 1));
      text += result.value.toString();
      result = await next;
    }
    expect(text).toBe('y\n'.repeat(500_000) + 'n\n'.repeat(500_000));
  });

  it('that is given up tells its writer so', async () => {
    const { fd, writer } = await written('endless', 'exec yes');
    const pipe = pipeChunks(fd);
    const chunks = pipe[Symbol.asyncIterator]();
    await chunks.next();
    pipe.destroy();
    while ((await chunks.next()).done !== true);
    expect(await once(writer, 'exit')).toEqual([null, 'SIGPIPE']);
  });
});
