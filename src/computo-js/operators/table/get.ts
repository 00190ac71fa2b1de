import { compileArgument, countUnits, type Compiler, type Run } from '../../compile/index.js';
import type { LookupTable } from '../../lookup-table.js';
import { ANY, join, scalarShape } from '../../shape/index.js';
import { defineOperator, inBoth, invalidArgument, takes, value, wrongKind, type Call } from '../../syntax/index.js';
import { isArray, isNumber, isObject, nearestName, spendText, unitsOf, type Json } from '../../value/index.js';

const NOT_WRITTEN_OUT = "'table.get' needs the name of a table as it stands: no data may choose a table";

export const get = defineOperator('table.get', () => ({
  summary:
    'The row of a table that has a key, or null where no row has it, or the key is null. The name of the table is a text that stands in the script, and the table one that was handed in with it. The key is a text, a number or a boolean.',
  signatures: inBoth(takes(value('table', 'string'), value('key'))),
  shape: (_, call, infer) => join(infer.table(nameIn(call)) ?? ANY, scalarShape('null')),
  work: ['text', 'digits'],
  frames: 2,
  examples: [
    {
      script: ['table.get', 'users', ['$input', '/user_id']],
      dialect: 'current',
      inputs: [{ user_id: '7' }],
      tables: { users: { '7': { id: '7', name: 'Ada' } } },
      result: { id: '7', name: 'Ada' },
    },
    {
      script: ['table.get', 'users', '8'],
      tables: { users: { '7': { id: '7', name: 'Ada' } } },
      result: null,
    },
  ],
  compile(call, compiler) {
    const table = tableOf(call, compiler);
    const keyGiven = compileArgument(call, 1, compiler);
    return (run, scope) => {
      const key = keyGiven(run, scope);
      if (key === null) return null;
      if (isArray(key) || isObject(key)) throw wrongKind(call, 1, 'a text, a number, a boolean or null', key);
      run.at = call.place;
      spendText(run, lengthOf(key));
      const row = table().get(key);
      return row === undefined ? null : counted(row, run, call);
    };
  },
  check(call, report, { tables }) {
    const name = call.arguments[0];
    if (name === undefined) return;
    if (name.type !== 'constant') report({ code: 'table-name', place: name.place, message: NOT_WRITTEN_OUT });
    else if (typeof name.value === 'string' && !tables.has(name.value))
      report({ code: 'unknown-table', place: name.place, ...unknown(name.value, [...tables.keys()]) });
  },
}));

/** The name of the table, if it is a literal. */
function nameIn({ arguments: [name] }: Call): string | undefined {
  return name?.type === 'constant' && typeof name.value === 'string' ? name.value : undefined;
}

/** Returns the table of a call. If there is none, the call fails only when it is evaluated. */
function tableOf(call: Call, { program: { tables } }: Compiler): () => LookupTable {
  const name = nameIn(call);
  const table = name === undefined ? undefined : tables.get(name);
  if (table !== undefined) return () => table;
  const { message, hint } =
    name === undefined ? { message: NOT_WRITTEN_OUT, hint: undefined } : unknown(name, [...tables.keys()]);
  return () => {
    throw invalidArgument(call.place, message, hint);
  };
}

function unknown(name: string, known: readonly string[]): { readonly message: string; readonly hint: string } {
  const nearest = nearestName(name, known);
  const names = known.map((one) => JSON.stringify(one)).join(', ');
  const add = `Add it: tables: { ${spelled(name)}: { file: ./${spelled(name)}.csv, key: id } }.`;
  const others =
    known.length > 1 ? `The tables are ${names}.` : known.length === 1 ? `The only table is ${names}.` : add;
  return {
    message: `no table is named ${JSON.stringify(name)}`,
    hint: nearest === undefined ? others : `Did you mean ${JSON.stringify(nearest)}?`,
  };
}

/** A name as it can be written as a YAML key, or a placeholder. */
function spelled(name: string): string {
  return /^[A-Za-z_][\w-]*$/.test(name) ? name : 'NAME';
}

/** The length of a key, for charging. */
function lengthOf(key: Json): number {
  return typeof key === 'string' ? key.length : isNumber(key) ? String(key).length : 0;
}

/** Charges for a row, which may be as new as if the call had built it. */
function counted(row: Json, run: Run, call: Call): Json {
  countUnits(run, unitsOf(row, run.unitsLeft, run), call.place);
  return row;
}
