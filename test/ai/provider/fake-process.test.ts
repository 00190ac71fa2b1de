import { spawn } from 'node:child_process';
import { expect, it } from 'vitest';
import { bundleProgram } from '../../support/fake-bundle.js';
import type { FakeProviderTask } from '../../support/fake-provider-main.js';
import { createProvider } from '../../../src/ai/provider/index.js';
import { realWorld } from '../../../src/ai/ai-world.js';

it('the fake serves as a process of its own, and reports what it has billed', async () => {
  const program = await bundleProgram('test/support/fake-provider-main.ts');
  const task: FakeProviderTask = { wire: 'anthropic', price: { input: '10', output: '20' } };
  const child = spawn(process.execPath, [program, JSON.stringify(task)], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const line = await new Promise<string>((resolve) =>
      child.stdout.once('data', (data: Buffer) => resolve(data.toString())),
    );
    const { url, apiKey } = JSON.parse(line) as { url: string; apiKey: string };
    const timeouts = { connectMs: 1000, firstByteMs: 1000, totalMs: 1000 };
    const provider = createProvider(
      'anthropic',
      { name: 'fake', apiKey: { reveal: () => apiKey }, baseUrl: url, timeouts },
      realWorld,
    );
    const messages = [{ role: 'user' as const, content: 'hello' }];
    const result = await provider.call(
      { model: 'claude-x', messages, maxOutputTokens: 10 },
      new AbortController().signal,
    );
    provider.close();
    expect(result).toMatchObject({ ok: true, answer: { text: 'HELLO', tokens: { input: 8, output: 2 } } });
    const stats = await (await fetch(new URL('/fake/stats', url))).json();
    expect(stats).toEqual({ requests: 1, billed: '120', deviations: [], each: ['120'] });
  } finally {
    child.kill('SIGKILL');
  }
});
