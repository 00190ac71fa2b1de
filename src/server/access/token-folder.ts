/*
 * Tokens are files: <state_dir>/tokens/<id>.json, each with the facts about one token and its SHA-256 instead of its text. A file
 * is created in one step, never changed, and removed when the token is revoked, so that any number of commands and daemons can
 * use the folder at once, without a lock. If the folder exists, a token is required, even after the last one has been revoked.
 */
import { link, mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { nodeWorld } from '../../log/index.js';
import { ROLES, type AccessRole } from './role.js';
import { digestOf, newToken, type KnownToken, type NewToken } from './token.js';

const FILE = /^([0-9a-f]{12})\.json$/;
const DIGEST = /^[0-9a-f]{64}$/;
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

/** Makes the names in a folder durable. */
export type SyncFolder = (path: string) => Promise<void>;

const onDisk: SyncFolder = (path) => nodeWorld().disk.syncFolder(path);

/** The stored record of a created token. */
export interface TokenRecord extends KnownToken {
  /** Its purpose, in a person's words. */
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly created: number;
}

/** A file in the folder that is not a token's: something else wrote it. */
export class TokenFileError extends Error {
  override readonly name = 'TokenFileError';
}

/** The token folder of a state folder. */
export function tokenFolderOf(stateFolder: string): string {
  return join(stateFolder, 'tokens');
}

/**
 * Creates a token.
 *
 * @param folder created if necessary
 * @throws the file system's errors
 */
export async function createToken(
  folder: string,
  { name, role, created, expires }: Omit<TokenRecord, 'id' | 'digest'>,
  syncFolder: SyncFolder = onDisk,
): Promise<NewToken> {
  const token = newToken();
  const content = {
    id: token.id,
    name,
    role,
    sha256: digestOf(token.text).toString('hex'),
    created: new Date(created).toISOString(),
    ...(expires !== undefined && { expires: new Date(expires).toISOString() }),
  };
  const first = await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
  const path = join(folder, `${token.id}.json`);
  const temporary = `${path}.new`;
  try {
    const file = await open(temporary, 'wx', FILE_MODE);
    await file.writeFile(`${JSON.stringify(content)}\n`);
    await file.sync();
    await file.close();
    // Unlike a rename, a link never replaces an existing file.
    await link(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
  // What is reported as created or removed must stay so after a power failure.
  await syncFolder(folder);
  for (let made = folder; first !== undefined && made.startsWith(first); made = dirname(made)) {
    await syncFolder(dirname(made));
  }
  return token;
}

/** The ids of all tokens; undefined when the folder does not exist. */
export async function tokenIds(folder: string): Promise<readonly string[] | undefined> {
  try {
    const names = await readdir(folder);
    return names.flatMap((name) => FILE.exec(name)?.[1] ?? []).sort();
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/**
 * Reads a token's record.
 *
 * @returns undefined when it has been revoked
 * @throws TokenFileError
 */
export async function readToken(folder: string, id: string): Promise<TokenRecord | undefined> {
  const path = join(folder, `${id}.json`);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw new TokenFileError(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const record = parseRecord(text);
  if (record?.id !== id) throw new TokenFileError(`${path} is not a token file: remove it`);
  return record;
}

/** Revokes a token. @returns whether it existed */
export async function revokeToken(folder: string, id: string, syncFolder: SyncFolder = onDisk): Promise<boolean> {
  try {
    await rm(join(folder, `${id}.json`));
    // Otherwise a power failure could make it valid again.
    await syncFolder(folder);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

function parseRecord(text: string): TokenRecord | undefined {
  const { id, name, role, sha256, created, expires } = fieldsOf(text);
  const known = ROLES.find((one): one is AccessRole => one === role);
  const end = expires === undefined ? undefined : Date.parse(expires);
  if (id === undefined || name === undefined || known === undefined || Number.isNaN(end)) return undefined;
  if (sha256 === undefined || !DIGEST.test(sha256)) return undefined;
  const start = Date.parse(created ?? '');
  if (Number.isNaN(start)) return undefined;
  const digest = Buffer.from(sha256, 'hex');
  return { id, name, role: known, digest, created: start, ...(end !== undefined && { expires: end }) };
}

function fieldsOf(text: string): Readonly<Record<string, string | undefined>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return {};
    return Object.fromEntries(Object.entries(value).filter(([, field]) => typeof field === 'string'));
  } catch {
    return {};
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
