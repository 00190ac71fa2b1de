import { afterAll, expect, it } from 'vitest';
import { NAMESPACES_MISSING } from '../support/namespaces.js';
import { aiStage, configOf, providerOf } from './ai-stage.js';

const on = aiStage();
afterAll(() => on.close());

it.skipIf(NAMESPACES_MISSING !== '')(
  `a disk that is full under the journal ends a run with 74, and says where${NAMESPACES_MISSING}`,
  async () => {
    const fake = await on.fake();
    on.write('colloquium.yaml', configOf({ openai: providerOf(fake) }));
    const rows = Array.from({ length: 600 }, (_, n) => `${JSON.stringify({ q: `${n} ${'x'.repeat(300)}` })}\n`);
    on.write('in.ndjson', rows.join(''));
    const { exit, stderr } = await on.run(['-o', 'out.ndjson', 'in.ndjson'], { where: 'small state folder' });
    expect(exit, stderr).toBe(74);
    expect(stderr).toContain(`colloquium: cannot write to the state in ${on.cwd}/state: `);
    expect(stderr).toContain('make room there');
    const written = on.read('out.ndjson').split('\n').length - 1;
    expect(written).toBeGreaterThan(0);
    expect(written).toBeLessThan(600);
  },
);
