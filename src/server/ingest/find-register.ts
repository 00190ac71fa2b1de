import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, readdir, readFile } from 'node:fs/promises';
import { basename, isAbsolute, join } from 'node:path';
import { openText, type KeyRing } from '../../crypt/index.js';
import { hasCode, isWithin, keptPath, nodeFileSystem, stateOfPlace, type FilePlace } from '../../files/index.js';
import { REGISTER_PLACE, type RegisterHead, type RegisterOptions } from './file-register.js';
import { isObject, parseIngestedFile } from './ingested-file.js';

const HEAD_BYTES_MAX = 64 << 10;

/** The owner of a register. */
export interface RegisterOwner {
  /** The watched folder, absolute. */
  readonly folder: string;
  readonly pipeline: string;
  /** The other pipelines that read this folder. */
  readonly besides: readonly string[];
  /** Where state is stored. */
  readonly stateFolder: string;
  /** The config's folder: paths inside it are stored relative to it. */
  readonly home: string;
  /** With which its register is encrypted. */
  readonly keys?: KeyRing | undefined;
}

/**
 * Finds a folder's register, and the one that it starts from if it does not exist: one of an earlier version, that of a pipeline
 * that no longer reads the folder, or that of a folder that was moved here while its state stayed.
 *
 * @throws the operating system's errors
 */
export async function findRegister(owner: RegisterOwner): Promise<Pick<RegisterOptions, 'path' | 'head' | 'before'>> {
  const { folder, pipeline, stateFolder, home } = owner;
  const head: RegisterHead = { folder: isWithin(stateFolder, home) ? keptPath(folder, home) : folder, pipeline };
  const registers = join(stateFolder, 'folders');
  const path = join(registers, nameOf(folder, `${head.folder}\n${pipeline}`));
  if (existsSync(path)) return { path, head };
  const byEarlierVersion = join(registers, nameOf(folder, folder));
  if (existsSync(byEarlierVersion)) return { path, head, before: { path: byEarlierVersion, isForUsAlone: false } };
  const abandoned = await abandonedRegister(registers, head, owner);
  return { path, head, before: abandoned === undefined ? undefined : { path: abandoned, isForUsAlone: true } };
}

/** Finds a register that nobody else claims: the folder's own under another pipeline, or one that knows the files here. */
async function abandonedRegister(
  registers: string,
  head: RegisterHead,
  owner: RegisterOwner,
): Promise<string | undefined> {
  const fitting: string[] = [];
  for (const name of await namesIn(registers)) {
    const path = join(registers, name);
    const other = await headOf(path);
    if (other === undefined || owner.besides.includes(other.pipeline)) continue;
    if (other.folder === head.folder) return path;
    const isOfOther = isAbsolute(other.folder) && other.folder !== owner.folder && existsSync(other.folder);
    if (!isOfOther && other.pipeline === owner.pipeline && (await knowsFilesIn(path, owner))) fitting.push(path);
  }
  return fitting.length === 1 ? fitting[0] : undefined;
}

/** Whether a register knows a file of the folder under the same name. */
async function knowsFilesIn(path: string, { folder, keys }: RegisterOwner): Promise<boolean> {
  for (const line of (await readFile(path, 'utf8')).split('\n')) {
    const entry = parsedLine(openText(keys, { ...REGISTER_PLACE, path }, line) ?? '');
    if (!isObject(entry)) continue;
    const record =
      parseIngestedFile(entry['file']) ?? (isObject(entry['begin']) && parseIngestedFile(entry['begin']['file']));
    if (record && record.place.offset > 0 && isPlaceIn(record.place, join(folder, record.name))) return true;
  }
  return false;
}

function isPlaceIn(place: FilePlace, path: string): boolean {
  let fd: number | undefined;
  try {
    fd = nodeFileSystem.openUnlinked(path);
    return stateOfPlace(place, fd, { isAtItsPlace: true }).kind === 'good';
  } catch {
    return false;
  } finally {
    if (fd !== undefined) nodeFileSystem.close(fd);
  }
}

function nameOf(folder: string, key: string): string {
  const hash = createHash('sha256').update(key).digest('hex').slice(0, 16);
  return `${basename(folder).replaceAll(/[^A-Za-z0-9_.-]/g, '_')}-${hash}.ndjson`;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith('.ndjson'));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}

/** The header of a register; undefined if it names no owner. */
async function headOf(path: string): Promise<RegisterHead | undefined> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES_MAX), 0, HEAD_BYTES_MAX, 0);
    const [line = ''] = buffer.toString('utf8', 0, bytesRead).split('\n', 1);
    const entry = parsedLine(line);
    const head = isObject(entry) ? entry['head'] : undefined;
    if (!isObject(head) || typeof head['folder'] !== 'string' || typeof head['pipeline'] !== 'string') return undefined;
    return { folder: head['folder'], pipeline: head['pipeline'] };
  } finally {
    await file.close();
  }
}

function parsedLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
