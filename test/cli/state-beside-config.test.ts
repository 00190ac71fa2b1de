import { existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { aiStage, configOf, providerOf } from './ai-stage.js';

const on = aiStage();
afterAll(() => on.close());

it('keeps answers beside the config, out of version control, and pays for none again that version 0.1 has kept', async () => {
  const fake = await on.fake();
  const config = configOf({ openai: providerOf(fake) }).replace('state_dir: ./state\n', '');
  on.write('project/colloquium.yaml', config);
  on.write('in.ndjson', '{"q":"one"}\n{"q":"two"}\n');
  const project = join(on.cwd, 'project');
  const { PATH = '' } = process.env;
  const run = () => on.run(['../in.ndjson'], { cwd: project, env: { PATH, HOME: on.cwd, XDG_STATE_HOME: '' } });

  const first = await run();
  expect(first.exit, first.stderr).toBe(0);
  expect(first.stderr).not.toContain('version 0.1');
  expect(on.read('project/.colloquium/.gitignore')).toBe('*\n');
  expect(statSync(join(project, '.colloquium')).mode & 0o777).toBe(0o700);

  const earlier = join(on.cwd, '.local/state/colloquium');
  mkdirSync(join(earlier, '..'), { recursive: true });
  renameSync(join(project, '.colloquium'), earlier);
  const again = await run();
  expect(again.exit, again.stderr).toBe(0);
  expect(again.stderr).toContain(`state is in ${earlier}, which version 0.1 shared among all configs`);
  expect(existsSync(join(project, '.colloquium'))).toBe(false);

  renameSync(earlier, join(project, '.colloquium'));
  const moved = await run();
  expect(moved.exit, moved.stderr).toBe(0);
  expect(moved.stderr).not.toContain('version 0.1');
  expect(fake.records).toHaveLength(2);
});
