#!/usr/bin/env node
'use strict';
// Loads the built chunks, each with the code that V8 has compiled for it at an earlier start: that halves the time to start.

const { existsSync, readFileSync } = require('node:fs');
const Module = require('node:module');
const { dirname } = require('node:path');
const { Script } = require('node:vm');
const { foldersFor, readCode } = require('./code.js');

const dist = `${dirname(__dirname)}/dist`;

/** Of what Node brings, these take long to load, and most runs use none of them. */
const LATE = new Set(
  [
    'child_process',
    'crypto',
    'fs/promises',
    'http',
    'http2',
    'https',
    'net',
    'os',
    'readline',
    'tls',
    'tty',
    'worker_threads',
    'zlib',
  ].flatMap((name) => [name, `node:${name}`]),
);

const loaded = new Map();
const packs = new Map();
/** What of the loaded files V8 has compiled, and what of that is kept. */
const scripts = new Map();
const folders = foldersFor(dist);

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
  const text = readFileSync(filename, 'latin1');
  const code = readCode(folders, file, text.length);
  const script = new Script(text, { filename, cachedData: code?.data });
  scripts.set(file, {
    script,
    length: text.length,
    times: code !== undefined && script.cachedDataRejected === false ? code.times : 0,
  });
  return script.runInThisContext();
}

let outside;
function requireFrom(id) {
  if (id.startsWith('./')) return load(id.slice(2));
  if (LATE.has(id)) return late(() => require(id));
  return Module.isBuiltin(id) ? require(id) : outsideOf()(id);
}
requireFrom.resolve = (...args) => outsideOf().resolve(...args);
requireFrom.import = (id) => import(id);
requireFrom.late = (id) => late(() => requireFrom(id));

/** The packages that are not part of the chunks. */
function outsideOf() {
  return (outside ??= Module.createRequire(`${dist}/colloquium.js`));
}

/** A module that is loaded when something of it is first asked for. */
function late(load) {
  let module;
  const from =
    (ask) =>
    (_, ...args) =>
      ask((module ??= load()), ...args);
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

/** Keeps what V8 has compiled, once a run has taken a while, and at its end what has been loaded since. */
function keepAtEnd() {
  const keep = () => {
    const missing = [...scripts].filter(([, { times }]) => times < TIMES_KEPT);
    if (missing.length > 0) require('./keep-code.js').keepCode(folders, missing);
  };
  setTimeout(keep, KEEP_AFTER_MS).unref();
  process.once('exit', keep);
}

/** What a start compiles that an earlier one did not need is added, but not for ever. */
const TIMES_KEPT = 3;
/** V8 forgets in the end what a start has compiled. */
const KEEP_AFTER_MS = 2000;

if (!existsSync(dist)) {
  process.stderr.write('colloquium: not built yet: run npm ci && npm run build\n');
  process.exit(1);
}
// A worker thread begins elsewhere.
if (require.main === module) {
  if (folders.length > 0) keepAtEnd();
  load('colloquium.js');
} else module.exports = { load };
