#!/usr/bin/env node
'use strict';
// Loads the built chunks, each with the code that V8 compiled for it when it was built: that halves the time to start.

const { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const Module = require('node:module');
const { dirname, join } = require('node:path');
const { Script } = require('node:vm');

const dist = join(dirname(__dirname), 'dist');
const codeFolder = `${dist}/code`;
/** Set by the build alone. */
const keepsCode = process.env.COLLOQUIUM_KEEP_CODE === '1';

/** Of what Node brings, these take long to load, and most runs use none of them. */
const LATE = new Set(
  ['child_process', 'crypto', 'fs/promises', 'http', 'https', 'net', 'os', 'tls', 'tty', 'worker_threads', 'zlib'].map(
    (name) => `node:${name}`,
  ),
);

const loaded = new Map();
const packs = new Map();
const scripts = new Map();

/**
 * Runs a chunk, once.
 *
 * @param name of a file in dist, or of a member of one: `run.js/chunk-1.js`
 * @returns what it exports
 */
function load(name) {
  const known = loaded.get(name);
  if (known !== undefined) return known.exports;
  const [file, member] = name.split('/');
  const run = member === undefined ? valueOf(file) : packOf(file)[member];

  const chunk = { exports: {} };
  loaded.set(name, chunk);
  run.call(chunk.exports, chunk.exports, requireFrom, chunk, `${dist}/${member ?? file}`, dist);
  return chunk.exports;
}

/** The chunks of a file that holds several, by name. */
function packOf(file) {
  const known = packs.get(file);
  if (known !== undefined) return known;
  const pack = valueOf(file);
  packs.set(file, pack);
  return pack;
}

/** What a file in dist holds, which is ASCII: the function that Node would wrap a module in, or an object of such. */
function valueOf(file) {
  const filename = `${dist}/${file}`;
  const codePath = `${codeFolder}/${file}.bin`;
  const script = new Script(readFileSync(filename, 'latin1'), { filename, cachedData: codeOf(codePath) });
  scripts.set(codePath, script);
  return script.runInThisContext();
}

function codeOf(path) {
  try {
    return readFileSync(path);
  } catch {
    // It is only being built, or none of the runs that code is kept of has loaded it.
    return undefined;
  }
}

let outside;
function requireFrom(id) {
  if (id.startsWith('./')) return load(id.slice(2));
  if (LATE.has(id)) return late(id);
  return Module.isBuiltin(id) ? require(id) : outsideOf()(id);
}
requireFrom.resolve = (...args) => outsideOf().resolve(...args);
requireFrom.import = (id) => import(id);

/** The packages that are not part of the chunks. */
function outsideOf() {
  return (outside ??= Module.createRequire(`${dist}/colloquium.js`));
}

/** A module that is loaded when something of it is first asked for. */
function late(id) {
  let module;
  const from =
    (ask) =>
    (_, ...args) =>
      ask((module ??= require(id)), ...args);
  return new Proxy(
    {},
    {
      get: from(Reflect.get),
      has: from(Reflect.has),
      ownKeys: from(Reflect.ownKeys),
      getPrototypeOf: from(Reflect.getPrototypeOf),
      getOwnPropertyDescriptor: from((module, key) => {
        const descriptor = Reflect.getOwnPropertyDescriptor(module, key);
        return descriptor && { ...descriptor, configurable: true };
      }),
    },
  );
}

if (keepsCode) {
  process.on('exit', () => {
    mkdirSync(codeFolder, { recursive: true });
    for (const [path, script] of scripts) {
      writeFileSync(`${path}.new`, script.createCachedData());
      renameSync(`${path}.new`, path);
    }
  });
}

if (!existsSync(dist)) {
  process.stderr.write('colloquium: not built yet: run npm ci && npm run build\n');
  process.exit(1);
}
// A worker thread begins elsewhere.
if (require.main === module) load('colloquium.js');
else module.exports = { load };
