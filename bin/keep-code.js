'use strict';
// Keeps the code that V8 has compiled for the next start. Whatever goes wrong, the next start compiles it again, and that is all.

const { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } = require('node:fs');
const { dirname } = require('node:path');
const { isPrivate, trailerOf } = require('./code.js');

/** Of other versions, of ours and of Node. */
const FOLDERS_KEPT = 3;
/** A start waits no longer for what the next one gains. */
const KEEPING_MS_MAX = 150;
/** Of a start that was killed as it wrote. */
const LEFT_BEHIND_MS = 60_000;

/**
 * Writes the code of scripts into the first folder that can be ours, each file whole or not at all.
 *
 * @param scripts by file
 */
function keepCode(folders, scripts) {
  // Its counters would be kept with it.
  if (process.env.NODE_V8_COVERAGE !== undefined) return;
  const folder = folders.find(make);
  if (folder === undefined) return;
  const end = Date.now() + KEEPING_MS_MAX;
  for (const [file, kept] of scripts) {
    if (Date.now() > end) return;
    if (!write(`${folder.path}/${file}.bin`, kept)) return;
    kept.times = Infinity;
  }
}

/** Whether a folder is there and private. Nothing is put into the folder of somebody else, such as that of who called sudo. */
function make(folder) {
  if (isPrivate(folder)) return true;
  try {
    const { within, home, path } = folder;
    const { uid } = statSync(within, { throwIfNoEntry: false }) ?? statSync(dirname(within));
    if (uid !== process.geteuid()) return false;
    mkdirSync(path, { recursive: true, mode: 0o700 });
    forgetOthers(home, path);
    return isPrivate(folder);
  } catch {
    return false;
  }
}

function forgetOthers(home, path) {
  const others = readdirSync(home)
    .map((name) => `${home}/${name}`)
    .filter((other) => other !== path)
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  for (const other of others.slice(FOLDERS_KEPT - 1)) rmSync(other, { recursive: true, force: true });
}

function write(path, { script, length, times }) {
  const next = `${path}.new`;
  try {
    const data = script.createCachedData();
    const left = statSync(next, { throwIfNoEntry: false });
    if (left !== undefined && Date.now() - left.mtimeMs > LEFT_BEHIND_MS) rmSync(next);
    writeFileSync(next, Buffer.concat([data, trailerOf(data, length, times + 1)]), { flag: 'wx', mode: 0o600 });
    renameSync(next, path);
    return true;
  } catch (error) {
    // Another start writes it just now.
    if (error.code === 'EEXIST') return true;
    rmSync(next, { force: true });
    return false;
  }
}

module.exports = { keepCode };
