'use strict';
// Finds the code that V8 compiled for the built files at an earlier start. V8 believes it nearly without looking, so it is only
// taken from a folder that is the user's own, and that nobody else can write in.

const { readFileSync, statSync } = require('node:fs');

/** At the end of a kept file: the length of the source, how often it was kept, a sum, and the version of this. */
const TRAILER_BYTES = 16;
const VERSION = 0x434f4432;
/** A piece of a file that a crash has lost is longer. */
const SUMMED_EVERY = 512;

/**
 * The folders that compiled code may be in, the best first: the installation's own, and one in the user's cache.
 *
 * @returns none if Node's own variable says so, or if the system knows no owners
 */
function foldersFor(dist) {
  const { env, geteuid, execArgv, version, arch } = process;
  if (geteuid === undefined || env.NODE_DISABLE_COMPILE_CACHE !== undefined) return [];
  const flags = [...execArgv, env.NODE_OPTIONS ?? ''].join(' ').trim();
  const node = `${version}-${arch}${flags === '' ? '' : `-${hashOf(flags)}`}`;
  const folders = [{ within: dist, home: `${dist}/code`, path: `${dist}/code/${node}` }];
  const cache = [env.XDG_CACHE_HOME, env.HOME && `${env.HOME}/.cache`].find((path) => path?.startsWith('/'));
  if (cache !== undefined) folders.push(new CacheFolder(cache, dist, node));
  return folders;
}

/** Outside of the installation, a folder is named by all that was built, too. */
class CacheFolder {
  #path;
  #dist;
  #node;

  constructor(cache, dist, node) {
    this.within = cache;
    this.home = `${cache}/colloquium`;
    this.#dist = dist;
    this.#node = node;
  }

  get path() {
    return (this.#path ??= `${this.home}/${readFileSync(`${this.#dist}/id`, 'latin1').trim()}-${this.#node}`);
  }
}

/**
 * The code that is kept of a file.
 *
 * @param length of its source
 * @returns undefined if there is none, or none that can be believed
 */
function readCode(folders, file, length) {
  for (const folder of folders) {
    if (!isOurs(folder)) continue;
    try {
      const kept = readFileSync(`${folder.path}/${file}.bin`);
      const data = kept.subarray(0, -TRAILER_BYTES);
      const trailer = kept.subarray(-TRAILER_BYTES);
      if (trailer.equals(trailerOf(data, length, trailer.readUInt32LE(4))))
        return { data, times: trailer.readUInt32LE(4) };
    } catch {
      // None is kept yet.
    }
    return undefined;
  }
  return undefined;
}

/** Whether a folder is the user's, and nobody else can write in it. Looked up once. */
function isOurs(folder) {
  return (folder.isOurs ??= isPrivate(folder));
}

function isPrivate(folder) {
  try {
    const stat = statSync(folder.path);
    return stat.isDirectory() && stat.uid === process.geteuid() && (stat.mode & 0o077) === 0;
  } catch {
    return false;
  }
}

function trailerOf(data, length, times) {
  let sum = data.length;
  for (let at = 0; at < data.length; at += SUMMED_EVERY) sum = Math.imul(sum, 31) + data[at];
  const trailer = Buffer.alloc(TRAILER_BYTES);
  for (const [index, value] of [length, times, sum >>> 0, VERSION].entries()) trailer.writeUInt32LE(value, 4 * index);
  return trailer;
}

function hashOf(text) {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(16);
}

module.exports = { foldersFor, readCode, isPrivate, trailerOf };
