import { expect, it } from 'vitest';
import { createBreaker, sharedBreaker, type Breaker } from '../../../src/ai/breaker/index.js';
import { openStores } from '../../../src/ai/store/index.js';
import { createFakeWorld } from '../../support/fake-world.js';

const OPTIONS = { threshold: 2, openForMs: 30_000, probeDown: { unnamedMs: 60_000, namedMs: 900_000 } };

async function twoProcesses() {
  const world = createFakeWorld();
  const store = (await openStores({ kind: 'memory' })).open('breakers');
  const process = (): Breaker =>
    sharedBreaker(
      createBreaker(OPTIONS, () => world.now()),
      store,
      'openai',
      world,
    );
  const [one, two] = [process(), process()];
  const act = (breaker: Breaker, how: 'success' | 'failure'): void => {
    const entry = breaker.enter(world.now());
    if (entry.kind === 'refused') throw new Error(`refused until ${entry.until}`);
    entry.pass[how]();
  };
  /** Lets a process look at what the others have told. */
  const look = async (breaker: Breaker): Promise<void> => {
    await world.pass(1000);
    breaker.availableAt(world.now());
    await world.pass(0);
  };
  return { world, one, two, act, look };
}

it('a provider that one process found failing is spared by the other, and tried again by the one that found it', async () => {
  const { world, one, two, act, look } = await twoProcesses();
  act(one, 'failure');
  act(one, 'failure');
  await look(two);
  expect(two.state).toMatchObject({ kind: 'open', failures: 2 });
  await world.pass(29_000);
  expect(one.availableAt(world.now())).toBe(0);
  expect(two.availableAt(world.now())).toBeGreaterThan(world.now());

  act(one, 'success');
  await look(two);
  expect(two.state).toEqual({ kind: 'closed', failures: 0 });
});

it('a provider that fails its second chance stays closed to both', async () => {
  const { world, one, two, act, look } = await twoProcesses();
  act(one, 'failure');
  act(one, 'failure');
  await look(two);
  await world.pass(29_000);
  act(one, 'failure');
  await look(two);
  expect(two.availableAt(world.now())).toBeGreaterThan(world.now() + 25_000);
});

it('a process whose key is wrong does not close the provider to others', async () => {
  const { world, one, two, look } = await twoProcesses();
  one.takeDown(world.now(), Infinity, 'a wrong key');
  await look(two);
  expect(two.availableAt(world.now())).toBe(0);
});
