import fc from 'fast-check';
import { expect } from 'vitest';
import { isEvent, matched, Model, refusalOf } from './model.js';
import type { Outcome, World } from './world.js';

/** Something that is done to the world, and what it means for the model. One small record each. */
interface Step<Arguments> {
  readonly arguments: fc.Arbitrary<Arguments>;
  readonly isPossible?: (model: Model) => boolean;
  readonly act: (model: Model, world: World, chosen: Arguments) => Promise<void> | void;
}

type Command = fc.AsyncCommand<Model, World>;

function command<Arguments>(
  name: string,
  { arguments: choices, isPossible, act }: Step<Arguments>,
): fc.Arbitrary<Command> {
  return choices.map((chosen) => ({
    check: (model) => isPossible?.(model as Model) ?? true,
    run: async (model, world) => {
      await act(model, world, chosen);
      expect(world.strangers()).toEqual(Array(3).fill('somebody else\n'));
    },
    toString: () => `${name}(${JSON.stringify(chosen)})`,
  }));
}

const NAMES = ['a', 'b', 'c', 'd'] as const;
const anyName = fc.constantFrom(...NAMES);
const fewLines = fc.integer({ min: 1, max: 5 });

const hasInputs = ({ inputs }: Model): boolean => inputs.size > 0;
const isWhole = (model: Model): boolean => hasInputs(model) && !model.isTorn;

/** The nth of the inputs that are there. */
function pick(model: Model, nth: number): string {
  return [...model.inputs.keys()][nth % model.inputs.size] ?? '';
}

function lines(model: Model, count: number): readonly string[] {
  return Array.from({ length: count }, () => model.newLine());
}

const append = command('append', {
  arguments: fc.tuple(anyName, fewLines),
  act(model, world, [name, count]) {
    const input = model.inputs.get(name) ?? model.newFile([]);
    const [first = '', ...others] = lines(model, count);
    // What stood unfinished goes on.
    const added = input.tail === '' ? [first, ...others] : [`${input.tail}~${first}`, ...others];
    world.append(name, `${input.tail === '' ? first : `~${first}`}\n${others.map((line) => `${line}\n`).join('')}`);
    model.inputs.set(name, Object.assign(input, { lines: [...input.lines, ...added], tail: '' }));
  },
});

const halfALine = command('half a line', {
  arguments: fc.tuple(anyName, fc.boolean()),
  act(model, world, [name, isEvenSo]) {
    const input = model.inputs.get(name) ?? model.newFile([]);
    const more = model.newHalfLine(isEvenSo);
    world.append(name, more);
    model.inputs.set(name, Object.assign(input, { tail: input.tail + more }));
  },
});

const newline = command('newline', {
  arguments: anyName,
  isPossible: hasInputs,
  act(model, world, name) {
    const input = model.inputs.get(name);
    if (input === undefined || input.tail === '') return;
    world.append(name, '\n');
    Object.assign(input, { lines: [...input.lines, input.tail], tail: '' });
  },
});

const rename = command('rename', {
  arguments: fc.tuple(fc.nat(9), anyName),
  isPossible: hasInputs,
  act(model, world, [nth, to]) {
    const name = pick(model, nth);
    const input = model.inputs.get(name);
    if (input === undefined || model.inputs.has(to)) return;
    world.rename(name, to);
    model.inputs.delete(name);
    model.inputs.set(to, input);
  },
});

const hardLink = command('hard link', {
  arguments: fc.tuple(fc.nat(9), anyName),
  isPossible: hasInputs,
  act(model, world, [nth, to]) {
    const name = pick(model, nth);
    const input = model.inputs.get(name);
    if (input === undefined || model.inputs.has(to)) return;
    world.link(name, `${name}.kept`);
    world.rename(name, to);
    world.remove(`${name}.kept`);
    model.inputs.delete(name);
    model.inputs.set(to, input);
  },
});

const change = command('change an input', {
  arguments: fc.tuple(fc.nat(9), fc.constantFrom('cut', 'replace', 'edit'), fewLines),
  isPossible: isWhole,
  act(model, world, [nth, how, count]) {
    const name = pick(model, nth);
    const input = model.inputs.get(name);
    if (input === undefined) return;
    if (how === 'cut') {
      world.cut(name, 0);
      Object.assign(input, { lines: [], tail: '' });
    } else {
      const now = lines(model, how === 'edit' ? input.lines.length + count : count);
      const text = now.map((line) => `${line}\n`).join('');
      if (how === 'edit') {
        world.overwrite(name, text);
        Object.assign(input, { lines: now, tail: '' });
      } else {
        world.replace(name, text);
        model.inputs.set(name, model.newFile(now));
      }
    }
  },
});

const removeInput = command('remove an input', {
  arguments: fc.nat(9),
  isPossible: (model) => isWhole(model) && model.inputs.size > 1,
  act(model, world, nth) {
    const name = pick(model, nth);
    world.remove(name);
    model.inputs.delete(name);
  },
});

const touchOutput = command('touch the output', {
  arguments: fc.constantFrom('remove', 'edit', 'add', 'cut'),
  isPossible: (model) => !model.isTorn && model.done !== undefined && model.output === 'as-left',
  act(model, world, how) {
    const { output } = world.keeping;
    if (world.text(output) === '') return;
    if (how === 'remove') {
      // Of one without a result nothing is missed.
      if (world.results().length === 0) return;
      world.remove(output);
      model.output = 'gone';
      return;
    }
    if (how === 'edit') world.overwrite(output, 'X'.repeat(Buffer.byteLength(world.text(output))));
    if (how === 'add') world.append(output, 'XXXX');
    if (how === 'cut') world.cut(output, 1);
    model.output = 'changed';
  },
});

type Way = 'resume' | 'restart';

/** Some of the inputs, in any order: which one makes no difference but to the order of the results. */
const some = fc.shuffledSubarray([0, 1, 2, 3], { minLength: 1 });

/** What a run is given. After a kill nobody knows what was read to its end, and nothing may be left out. */
function named(model: Model, byIndex: readonly number[]): readonly string[] {
  const there = (indexes: readonly number[]): readonly string[] =>
    indexes.flatMap((index) => {
      const name = NAMES[index];
      return name !== undefined && model.inputs.has(name) ? [name] : [];
    });
  const chosen = there(byIndex);
  return model.isTorn || chosen.length === 0 ? there([...new Set([...byIndex, 0, 1, 2, 3])]) : chosen;
}

/** What a run that keeps a checkpoint must come to. */
function expectResumed(
  model: Model,
  world: World,
  { names, way, before }: { names: readonly string[]; way: Way; before: Readonly<Record<string, string>> },
  { exit, said }: Outcome,
): void {
  const isFull = model.isUnknown && world.isFull(before);
  const refusal = way === 'restart' ? 'none' : isFull ? 'due' : refusalOf(model, names);
  if (refusal === 'due' || (refusal === 'possible' && exit === 2)) {
    expect([exit, said]).toEqual([2, said]);
    expect(world.everything()).toEqual(before);
    return;
  }
  expect([0, 3], said).toContain(exit);
  const isAgain = way === 'restart' || model.output === 'gone' || model.done === undefined;
  if (isAgain && model.done === undefined && !model.isTorn) model.lettersBefore = lettersIn(before);
  if (isAgain) model.done = [];
  const matches = matched(model, names);
  const known = new Set([...matches.values()].map((match) => match.before));
  const files = new Set(names.map((name) => model.inputs.get(name)?.file));
  const left = (model.done ?? [])
    .filter((one) => !known.has(one))
    .map((one) => ({
      ...one,
      file: files.has(one.file) ? undefined : one.file,
      isRenamedAway: one.isRenamedAway || names.includes(one.name),
    }));
  const now = names.flatMap((name) => {
    const input = model.inputs.get(name);
    if (input === undefined) return [];
    return [
      {
        file: input.file,
        name,
        isRenamedAway: false,
        text: Model.textOf(input),
        lines: Model.linesOf(input),
      },
    ];
  });
  Object.assign(model, { done: [...left, ...now], isTorn: false, isUnknown: false, output: 'as-left' });
  expectOutputs(model, world);
}

/** Every line once: as a result, or as a dead letter. */
function expectOutputs({ done, lettersBefore }: Model, world: World): void {
  const all = (done ?? []).flatMap((one) => one.lines);
  expect([...world.results()].sort()).toEqual(all.filter(isEvent).sort());
  expect([...world.letters()].sort()).toEqual([...lettersBefore, ...all.filter((line) => !isEvent(line))].sort());
}

function lettersIn(before: Readonly<Record<string, string>>): readonly string[] {
  const text = before['dead'] ?? '';
  return text.split('\n').flatMap((line) => (line === '' ? [] : [(JSON.parse(line) as { raw: string }).raw]));
}

const resume = command('resume', {
  arguments: fc.tuple(
    some,
    fc.constantFrom('', 'sub/up'),
    fc.constantFrom<Way>('resume', 'resume', 'resume', 'restart'),
  ),
  isPossible: hasInputs,
  async act(model, world, [byIndex, spelled, way]) {
    const before = world.everything();
    const names = named(model, byIndex);
    const outcome = await world.run(names, { [way]: true }, spelled);
    expectResumed(model, world, { names, way, before }, outcome);
  },
});

const resumeNothingNew = command('resume twice', {
  arguments: some,
  isPossible: hasInputs,
  async act(model, world, byIndex) {
    const names = named(model, byIndex);
    const before = world.everything();
    const outcome = await world.run(names, { resume: true });
    expectResumed(model, world, { names, way: 'resume', before }, outcome);
    if (outcome.exit === 2) return;
    const between = world.everything();
    const { exit, said } = await world.run(names, { resume: true });
    expect(said).toContain('already finished');
    expect(exit, said).toBe(said.includes('failed or went to no output') ? 3 : 0);
    expect(world.everything()).toEqual(between);
  },
});

const twoAtOnce = command('two at once', {
  arguments: some,
  isPossible: hasInputs,
  async act(model, world, byIndex) {
    const names = named(model, byIndex);
    const before = world.everything();
    const outcomes = await Promise.all([
      world.run(names, { resume: true }),
      world.run(names, { resume: true }, 'sub/up'),
    ]);
    const refused = outcomes.filter(({ said }) => said.includes('is in use'));
    expect(refused.every(({ exit }) => exit === 2)).toBe(true);
    const through = outcomes.find((outcome) => !refused.includes(outcome));
    expect(through).toBeDefined();
    if (through !== undefined) expectResumed(model, world, { names, way: 'resume', before }, through);
  },
});

const kill = command('kill -9', {
  arguments: fc.tuple(some, fc.integer({ min: 1, max: 60 })),
  isPossible: (model) => hasInputs(model) && model.output !== 'changed',
  async act(model, world, [byIndex, change]) {
    const before = world.everything();
    const names = named(model, byIndex);
    if (model.isUnknown || refusalOf(model, names) === 'due') return;
    let outcome: Outcome | undefined;
    const isKilled = await world.killed(change, async () => {
      outcome = await world.run(names, { resume: true });
    });
    if (!isKilled) {
      if (outcome !== undefined) expectResumed(model, world, { names, way: 'resume', before }, outcome);
      return;
    }
    if (model.done === undefined && !model.isTorn) model.lettersBefore = lettersIn(before);
    model.isTorn = true;
  },
});

const plainRun = command('plain run', {
  arguments: some,
  isPossible: isWhole,
  async act(model, world, byIndex) {
    const before = world.everything();
    const names = named(model, byIndex);
    const { exit, said } = await world.run(names, {});
    expect([0, 3], said).toContain(exit);
    const all = names.flatMap((name) => {
      const input = model.inputs.get(name);
      return input === undefined ? [] : Model.linesOf(input);
    });
    expect([...world.results()].sort()).toEqual(all.filter(isEvent).sort());
    const letters = [...lettersIn(before), ...all.filter((line) => !isEvent(line))];
    expect([...world.letters()].sort()).toEqual(letters.sort());
    Object.assign(model, { done: undefined, isUnknown: true, output: 'as-left' });
  },
});

/** All that may be done. To add one, write its record above and name it here. */
export const commands: readonly fc.Arbitrary<Command>[] = [
  append,
  append,
  halfALine,
  newline,
  rename,
  hardLink,
  change,
  removeInput,
  touchOutput,
  resume,
  resume,
  resumeNothingNew,
  twoAtOnce,
  kill,
  kill,
  plainRun,
];
