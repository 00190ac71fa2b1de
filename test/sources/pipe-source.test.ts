import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, open, writeSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Block } from '../../src/sources/index.js';
import { pipeBlocks } from '../../src/sources/pipe-source.js';
import { scratch } from '../support/cli.js';

const openPipe = promisify(open);
const CHUNK = 64 * 1024;
const LINE_MAX = 1 << 20;

const linesOf = (block: Block): string => (block.kind === 'lines' ? block.bytes.toString() : '');
const pause = (ms: number): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, ms));

describe('a pipe', () => {
  const cwd = scratch();

  /** A pipe that a shell script writes to. */
  async function written(name: string, script: string) {
    const path = join(cwd, name);
    execFileSync('mkfifo', [path]);
    const writer = spawn('sh', ['-c', `exec > ${name}; ${script}`], { cwd, stdio: ['pipe', 'ignore', 'ignore'] });
    const fd = await openPipe(path, 'r');
    const reading = new AbortController();
    return { blocks: pipeBlocks(fd, 'stdin', LINE_MAX, reading.signal), reading, writer };
  }

  it('gives every line in its order, however its writer cuts them, then ends', async () => {
    const script =
      'seq 1 50000; sleep 0.05; for n in $(seq 50001 50300); do echo $n; done; seq 50301 99999; printf 100000';
    const { blocks } = await written('numbers', script);
    let text = '';
    for await (const block of blocks) text += linesOf(block);
    expect(text).toBe(Array.from({ length: 100_000 }, (_, n) => n + 1).join('\n'));
  });

  it('keeps a block as it was until its memory is given back', async () => {
    const { blocks } = await written('letters', 'yes | head -c 2000000; yes n | head -c 2000000');
    let text = '';
    for await (const block of blocks) {
      // Long enough for the next chunks to arrive.
      await pause(2);
      text += linesOf(block);
      if (block.kind === 'lines') block.recycle?.(block.bytes);
    }
    expect(text).toBe('y\n'.repeat(1_000_000) + 'n\n'.repeat(1_000_000));
  });

  it('that is fast comes in larger blocks than its chunks', async () => {
    const path = join(cwd, 'fast');
    execFileSync('mkfifo', [path]);
    const [fd, end] = await Promise.all([openPipe(path, 'r'), openPipe(path, 'w')]);
    let chunks = 0;
    const writeChunk = (): void => {
      if (++chunks <= 40) writeSync(end, 'y\n'.repeat(CHUNK / 2));
      else if (chunks === 41) closeSync(end);
    };
    // The next chunk is there before anybody looks whether it is: the writer is faster than that.
    const soon = async (then: () => void): Promise<void> => {
      writeChunk();
      for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
      then();
    };
    writeChunk();
    const sizes: number[] = [];
    const never = new AbortController().signal;
    for await (const block of pipeBlocks(fd, 'stdin', LINE_MAX, never, (then) => void soon(then))) {
      sizes.push(linesOf(block).length);
    }
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(40 * CHUNK);
    for (const size of sizes.slice(0, -1)) expect(size).toBeGreaterThan(CHUNK);
  });

  it('that is slow gives its lines at once, after a full chunk too', async () => {
    const { blocks, writer } = await written(
      'slow',
      `echo first; read go; yes | head -c ${CHUNK}; printf la; read go; echo st`,
    );
    let seen = '';
    for await (const block of blocks) {
      seen += linesOf(block);
      // What comes next is written only when everything before it has arrived.
      if (seen === 'first\n' || seen.length === 'first\n'.length + CHUNK) writer.stdin.write('go\n');
    }
    expect(seen).toBe(`first\n${'y\n'.repeat(CHUNK / 2)}last\n`);
  });

  it('skips a line over the limit, and reports its length', async () => {
    const { blocks } = await written('long', `echo a; head -c ${3 * LINE_MAX} /dev/zero; echo; echo b`);
    const seen: unknown[] = [];
    for await (const block of blocks) seen.push(block.kind === 'lines' ? linesOf(block) : block.lineBytes);
    expect(seen).toEqual(['a\n', 3 * LINE_MAX, 'b\n']);
  });

  it('loses nothing behind a long line that ends shortly before the pipe does', async () => {
    const path = join(cwd, 'ending');
    execFileSync('mkfifo', [path]);
    const [fd, end] = await Promise.all([openPipe(path, 'r'), openPipe(path, 'w')]);
    const long = 'x'.repeat(CHUNK);
    writeSync(end, long);
    const blocks = pipeBlocks(fd, 'stdin', CHUNK - 1, new AbortController().signal);
    const seen: unknown[] = [];
    const reading = (async () => {
      for await (const block of blocks) {
        seen.push(block.kind === 'lines' ? linesOf(block) : block.lineBytes);
        await pause(5);
      }
    })();
    await pause(50);
    // All at once: a full chunk, and the end with it.
    writeSync(end, `\n${'y\n'.repeat(CHUNK / 2 - 1)}z`);
    closeSync(end);
    await reading;
    // Where the reader comes late, it finds the long line with its end.
    const behind = seen[0] === CHUNK ? seen.slice(1).join('') : seen.join('').slice(long.length + 1);
    expect(behind).toBe(`${'y\n'.repeat(CHUNK / 2 - 1)}z`);
  });

  it('that is not read further returns its whole lines, and its writer notices', async () => {
    const { blocks, reading, writer } = await written('endless', 'echo one; printf tw; read go; exec yes');
    const seen: string[] = [];
    for await (const block of blocks) {
      seen.push(linesOf(block));
      // By then the unfinished line has come, too.
      await pause(50);
      reading.abort();
    }
    expect(seen.join('')).toBe('one\n');
    writer.stdin.write('go\n');
    expect(await once(writer, 'exit')).toEqual([null, 'SIGPIPE']);
  });
});
