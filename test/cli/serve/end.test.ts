import { writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli, scratch, startCli } from '../../support/cli.js';
import { postLines, startDaemon, until } from '../../support/daemon.js';
import { startFakeProvider } from '../../support/fake-provider.js';
import { configOf, providerOf } from '../ai-stage.js';

describe.concurrent('A daemon that is told to end', () => {
  it('cuts off AI calls that are out when its time is over, and names them as in doubt', async () => {
    const fake = await startFakeProvider({ wire: 'openai', faults: () => ({ kind: 'hang', billed: true }) });
    const providers = { openai: providerOf(fake, ', timeouts: { first_byte: 1h, total: 1h }') };
    const config = configOf(providers).replace('state_dir: ./state\n', '');
    const daemon = await startDaemon(
      `processing: { drain_timeout: 300ms }\n${config}    outputs: [{ file: ./out.ndjson }]\n`,
    );
    await postLines(`${daemon.url}/events`, '{"q":"one"}\n{"q":"two"}\n');
    await until(() => fake.records.length === 2, 'both are asked for');
    expect(await daemon.end()).toBe(0);
    expect(await daemon.says('were cut off and are in doubt')).toMatchObject({
      level: 'warn',
      count: 2,
      calls: expect.stringMatching(/default › \S+: [0-9a-f-]{36}; default/) as string,
    });
    const doubtful = await runCli(['journal', 'doubtful', '--format', 'json'], { cwd: daemon.cwd });
    expect(doubtful.stdout.match(/"event":/g)).toHaveLength(2);
    await fake.close();
  });

  it('ends though nobody reads what it writes', async () => {
    const cwd = scratch();
    writeFileSync(
      join(cwd, 'colloquium.yaml'),
      `server: { port: 0 }
state_dir: ./state
processing: { drain_timeout: 100ms }
pipelines: { default: { stages: [{ computo: ["$input"] }], outputs: [{ stdout: true }] } }
`,
    );
    const child = startCli(['serve'], { cwd });
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await until(() => said.includes('"listening"'), 'it listens');
    const url = /"url":"(http[^"]+)"/.exec(said)?.[1] ?? '';
    const isWritten = once(child.stdout ?? child, 'readable');
    await postLines(`${url}/events`, `${JSON.stringify('x'.repeat(1000))}\n`.repeat(2000));
    // It is in the middle of writing more than a pipe holds.
    await isWritten;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    expect((await ended)[0]).toBe(143);
    await until(() => said.includes('processing.drain_timeout'), 'it says why');
    child.stdout?.destroy();
  });
});
