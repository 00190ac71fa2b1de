import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resultOf, runCli, startCli } from '../support/cli.js';
import { until } from '../support/daemon.js';
import { NAMESPACES_MISSING } from '../support/namespaces.js';
import { perTest } from '../support/per-test.js';
import { aiStage, configOf, providerOf, rowsOf } from './ai-stage.js';

const on = perTest(aiStage);

const RUN = ['--resume', 'in.ndjson', '-o', 'out.ndjson', '--no-progress'];
const lines = (name: string): number =>
  existsSync(join(on.cwd, name)) ? readFileSync(join(on.cwd, name), 'utf8').split('\n').length - 1 : 0;

describe.skipIf(NAMESPACES_MISSING !== '')(`AI runs in containers${NAMESPACES_MISSING}`, () => {
  it.each(['container', 'no /proc'] as const)(
    'killed with a call in flight (%s), its call is in doubt, and the next run goes on',
    async (where) => {
      let hangs = true;
      const fake = await on.fake({ faults: () => (hangs ? { kind: 'hang', billed: true } : undefined) });
      on.write('in.ndjson', rowsOf(3));
      on.write('colloquium.yaml', configOf({ openai: providerOf(fake) }));
      const first = startCli(RUN, { cwd: on.cwd, where });
      await until(() => fake.records.length === 3, 'its calls are out');
      first.kill('SIGKILL');
      // What is around it may end before it does: then its output is still open.
      await once(first, 'close');

      const doubtful = await runCli(['journal', 'doubtful', '--format', 'json'], { cwd: on.cwd, where: 'container' });
      expect(doubtful.stdout.match(/"key"/g)).toHaveLength(3);
      hangs = false;
      const second = await on.run(['--resume', 'in.ndjson', '-o', 'out.ndjson'], { where: 'container' });
      expect([second.exit, lines('out.ndjson')]).toEqual([0, 3]);
      expect(second.stderr).toContain('was under way when its process ended');
    },
  );

  it('of which two have the same number do not share a state folder: the second is refused, and the first goes on', async () => {
    const fake = await on.fake();
    on.write('other.ndjson', rowsOf(2));
    on.write('colloquium.yaml', configOf({ openai: providerOf(fake) }));
    const first = startCli(['-o', 'out.ndjson'], { cwd: on.cwd, where: 'container' });
    const ended = resultOf(first);
    first.stdin?.write(rowsOf(1));
    await until(() => fake.records.length === 1, 'its first call is out');
    for (const args of [['other.ndjson', '-o', 'other-out.ndjson'], ['journal', 'doubtful'], ['cost']]) {
      const { exit, stderr } = await runCli(args, { cwd: on.cwd, where: 'container' });
      expect(exit).toBe(2);
      expect(stderr).toContain(`the state folder ${join(on.cwd, 'state')} is in use by process 1 in another container`);
      expect(stderr).toContain('hint: stop that process, or give each a state_dir of its own');
    }
    expect(lines('other-out.ndjson')).toBe(0);
    // With another number, on the same machine, it is shared as ever.
    expect((await runCli(['cost'], { cwd: on.cwd })).exit).toBe(0);
    first.stdin?.end(rowsOf(1));
    const result = await ended;
    expect([result.exit, lines('out.ndjson')]).toEqual([0, 2]);
    expect((await on.run(['other.ndjson', '-o', 'other-out.ndjson'], { where: 'container' })).exit).toBe(0);
    expect(lines('other-out.ndjson')).toBe(2);
  });
});
