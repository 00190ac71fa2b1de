// Leads imports through a door (an index.ts that exports what other files hold) straight to those files. esbuild loads all that
// is behind a door with the first of it that is used, so that every command would load much that it never calls.
import { readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';

/** An esbuild plugin. What it does not know, it leaves as it is: that loads more, and does the same. */
export const throughDoors = {
  name: 'through-doors',
  setup({ onLoad }) {
    const doors = new Map();
    onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => ({ contents: await straight(path, doors), loader: 'ts' }));
  },
};

async function straight(path, doors) {
  let text = await readFile(path, 'utf8');
  for (const { from, verb, names, start, end } of linksOf(path, text).reverse()) {
    if (!isDoor(from)) continue;
    const homes = await homesOf(from, doors);
    const lines = names.map(({ name, as }) => {
      const home = homes.get(name) ?? { path: from, name };
      return `${verb} { ${home.name} as ${as} } from './${relative(dirname(path), home.path)}';`;
    });
    text = text.slice(0, start) + lines.join(' ') + text.slice(end);
  }
  return text;
}

/** Where the values are that a door exports, by their names there. Those that the door itself holds are not among them. */
function homesOf(door, doors) {
  if (!doors.has(door)) doors.set(door, readHomes(door, doors));
  return doors.get(door);
}

async function readHomes(door, doors) {
  const homes = new Map();
  const exported = linksOf(door, await readFile(door, 'utf8')).filter(({ verb }) => verb === 'export');
  for (const { from, names } of exported) {
    const behind = isDoor(from) ? await homesOf(from, doors) : new Map();
    for (const { name, as } of names) homes.set(as, behind.get(name) ?? { path: from, name });
  }
  return homes;
}

/** The imports and exports of a file that name values of other files of ours. */
function linksOf(path, text) {
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest).statements.flatMap((statement) => {
    const { importClause, exportClause, moduleSpecifier, pos, end } = statement;
    const elements = (importClause?.namedBindings ?? exportClause)?.elements;
    if (elements === undefined || importClause?.name !== undefined || (importClause ?? statement).isTypeOnly) return [];
    if (!moduleSpecifier?.text.startsWith('.')) return [];
    return {
      from: join(dirname(path), moduleSpecifier.text.replace(/js$/, 'ts')),
      verb: importClause === undefined ? 'export' : 'import',
      names: elements
        .filter(({ isTypeOnly }) => !isTypeOnly)
        .map(({ name, propertyName }) => ({ name: (propertyName ?? name).text, as: name.text })),
      start: pos,
      end,
    };
  });
}

function isDoor(path) {
  return path.endsWith('/index.ts');
}
