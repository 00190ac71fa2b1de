import { CommanderError, type Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { KINDS } from '../src/jobs/kinds/index.js';
import { buildProgram, loadCommands } from '../src/cli/program.js';
import { configJsonSchema } from '../src/config/index.js';
import { guide } from './support/guides.js';
import { NATS_MISSING } from './support/nats-server.js';
import { starts } from './support/reached.js';

/** Runs after all other tests, and asks what of the installed program they have reached. Alone it has nothing to ask about. */
const all = starts();

/** Who ends like this did nothing that its flags and its config ask for. */
const USAGE = 2;
const INVALID = 78;

/** What no test can reach on purpose: an exit code for mistakes that we don't know of. */
const BUG = 1;

/** Sections that only serve has a use for. */
const OF_SERVE = /^(?:server|alerts|logging|sources|nats|fleet)\b/;

/** What no test reaches on a machine without a NATS server. */
const OF_NATS = /^(?:nats|fleet)\b|\.(?:nats|stream|consumer)$/;
const NATS_FLAG = 'serve --join';

const commands = await loadCommands();

describe.skipIf(all.length === 0)('the tests of the installed program', () => {
  it('reach every command and flag', () => {
    const reached = new Set<string>();
    for (const { args } of all.filter(({ exit }) => exit !== USAGE)) parseArgs(args, reached);
    const missing = flagsOf(buildProgram(commands)).filter((flag) => !reached.has(flag));
    expect(missing.filter((flag) => !(NATS_MISSING && flag === NATS_FLAG))).toEqual([]);
  });

  it('reach every exit code that the guide tells', () => {
    const codes = [...guide('exit-codes').matchAll(/^\| (\d[\d, ]*?) +\|/gm)].flatMap(([, cell = '']) =>
      cell.split(', ').map(Number),
    );
    expect(codes.length).toBeGreaterThan(5);
    const reached = new Set(all.map(({ exit }) => exit));
    expect(codes.filter((code) => code !== BUG && !reached.has(code))).toEqual([]);
  });

  it('reach every key of the config', () => {
    const reached = new Set<string>();
    const used = all.filter(({ args, exit }) => exit !== USAGE && exit !== INVALID && args[0] !== 'check');
    for (const serves of [true, false]) {
      const texts = used.flatMap(({ args, config }) => ((args[0] === 'serve') === serves ? [config ?? ''] : []));
      const keys = new Set<string>();
      for (const text of new Set(texts)) keysIn(parse(text, { merge: true, logLevel: 'silent' }), schema, keys);
      for (const key of keys) if (serves || !OF_SERVE.test(key)) reached.add(key);
    }
    expect(keysOf(schema).filter((key) => !reached.has(key) && !(NATS_MISSING && OF_NATS.test(key)))).toEqual([]);
  });
});

/** `run --limit`, and `run` itself, for all commands. */
function flagsOf(command: Command): string[] {
  const name = nameOf(command);
  const flags = command.options.map((option) => `${name} ${option.long ?? option.short ?? ''}`.trim());
  return [...(command.commands.length === 0 ? [name] : []), ...flags, ...command.commands.flatMap(flagsOf)];
}

function nameOf(command: Command): string {
  return command.parent === null ? '' : `${nameOf(command.parent)} ${command.name()}`.trim();
}

/** Has the program's own parser say what these arguments are. */
function parseArgs(args: readonly string[], reached: Set<string>): void {
  const program = buildProgram(commands);
  const watch = (command: Command): void => {
    const name = nameOf(command);
    for (const option of command.options) {
      command.on(
        `option:${option.name()}`,
        () => void reached.add(`${name} ${option.long ?? option.short ?? ''}`.trim()),
      );
    }
    command.configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
    if (command.commands.length === 0) command.action(() => void reached.add(name));
    command.commands.forEach(watch);
  };
  watch(program);
  try {
    program.parse(args, { from: 'user' });
  } catch (error) {
    // It ends before anybody else hears of it.
    if (error instanceof CommanderError && error.code === 'commander.version') reached.add('--version');
  }
}

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

const schema = configJsonSchema(KINDS) as Schema;

/** What stands in a part of the config: by its name, or by `*` or `[]` for all that have none of their own. */
interface Part {
  readonly step: string;
  /** `pipelines.*.stages[].ai.into`. A secret is written in the same ways wherever it stands. */
  readonly key: string;
  readonly schema: Schema;
}

function partsOf(schema: Schema, place: string): Part[] {
  const path = isSecret(schema) ? '(secret)' : place;
  const dot = path === '' ? '' : '.';
  const named = Object.entries(schema.properties ?? {});
  const others = typeof schema.additionalProperties === 'object' ? [['*', schema.additionalProperties] as const] : [];
  return [
    ...[...named, ...others].map(([step, part]) => ({ step, key: `${path}${dot}${step}`, schema: part })),
    ...(schema.items === undefined ? [] : [{ step: '[]', key: `${path}[]`, schema: schema.items }]),
    ...(schema.anyOf ?? []).flatMap((one) => partsOf(one, path)),
  ];
}

function isSecret({ anyOf = [] }: Schema): boolean {
  return ['file', 'command'].every((way) =>
    anyOf.some(({ properties = {} }) => Object.keys(properties).join() === way),
  );
}

function isNamed({ step }: Part): boolean {
  return step !== '*' && step !== '[]';
}

function keysOf(schema: Schema, path = ''): string[] {
  const keys = partsOf(schema, path).flatMap((part) => [
    ...(isNamed(part) ? [part.key] : []),
    ...keysOf(part.schema, part.key),
  ]);
  return [...new Set(keys)];
}

/** Adds the keys of a value. */
function keysIn(value: unknown, schema: Schema, reached: Set<string>, path = ''): void {
  if (typeof value !== 'object' || value === null) return;
  for (const part of partsOf(schema, path)) {
    if (!isNamed(part)) {
      for (const each of Object.values(value)) keysIn(each, part.schema, reached, part.key);
    } else if (Object.hasOwn(value, part.step)) {
      reached.add(part.key);
      keysIn((value as Record<string, unknown>)[part.step], part.schema, reached, part.key);
    }
  }
}
