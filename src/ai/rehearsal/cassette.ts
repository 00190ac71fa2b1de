import { readFileSync } from 'node:fs';
import { parseJson, diffJson, stringifyJson, type JsonChange } from '../../json/index.js';
import { hasCode, putFile } from '../../files/index.js';
import { canonicalJson } from '../request/index.js';
import { parsed } from '../provider/read-json.js';

/** A request as it is kept: without address, headers and secrets. */
export interface RecordedRequest {
  /** The provider's name in the config. */
  readonly provider: string;
  /** The path of its URL. */
  readonly path: string;
  readonly request: unknown;
}

/** Which call of which case a request was made for. */
export interface CallPlace {
  /** The name of the case. */
  readonly case: string;
  /** The row of the input, from 1. */
  readonly row: number;
  /** The name of the stage. */
  readonly stage: string;
}

/** A request and its answer: one line of a cassette. */
export interface Recording extends RecordedRequest {
  readonly call: CallPlace;
  readonly status: number;
  /** The body as JSON, or as text if it is none. */
  readonly answer: unknown;
}

/** A request that a cassette lacks, and the recorded one that is most like it. */
export interface Missing {
  readonly asked: RecordedRequest;
  readonly nearest?: { readonly changes: readonly JsonChange[] } | undefined;
}

/** A cassette can't be read or written: `line`, from 1, is not a recording. */
export class CassetteError extends Error {
  override readonly name = 'CassetteError';
}

/** What equal requests have in common. */
export function keyOfRequest({ provider, path, request }: RecordedRequest): string {
  return canonicalJson({ provider, path, request });
}

/** Recorded answers. Those to equal requests are told apart by the calls that they were made for. */
export class Cassette {
  readonly #byKey = new Map<string, Recording[]>();

  constructor(recordings: Iterable<Recording> = []) {
    for (const one of recordings) this.add(one);
  }

  /** @returns an empty cassette if there is no file @throws CassetteError */
  static read(file: string): Cassette {
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return new Cassette();
      throw new CassetteError(`cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`);
    }
    const lines = text.split('\n').entries();
    return new Cassette(
      [...lines].flatMap(([index, line]) => (line === '' ? [] : [recordingIn(line, file, index + 1)])),
    );
  }

  get size(): number {
    return [...this.#byKey.values()].reduce((sum, some) => sum + some.length, 0);
  }

  add(recording: Recording): void {
    const key = keyOfRequest(recording);
    const others = this.#byKey.get(key);
    if (others === undefined) this.#byKey.set(key, [recording]);
    else others.push(recording);
  }

  /**
   * The answer to a request that was made `earlier` times before for the same call: of fewer recordings, the last one. A call that
   * has none of its own gets that of the call which is most like it: of its case, its stage, and the nearest row before it.
   */
  find(asked: RecordedRequest, call: CallPlace, earlier: number): Recording | undefined {
    let found = this.#byKey.get(keyOfRequest(asked)) ?? [];
    found = narrowed(found, (one) => one.call.case === call.case);
    found = narrowed(found, (one) => one.call.stage === call.stage);
    const rows = found.map((one) => one.call.row);
    const before = rows.filter((row) => row <= call.row);
    const row = before.length > 0 ? Math.max(...before) : Math.min(...rows);
    found = found.filter((one) => one.call.row === row);
    return found[Math.min(earlier, found.length - 1)];
  }

  /** Whether it has an answer to the same request for the same call. */
  has(asked: Recording): boolean {
    const others = this.#byKey.get(keyOfRequest(asked)) ?? [];
    return others.some((one) => comparePlaces(one.call, asked.call) === 0);
  }

  /** In the order of the calls: by case, row and stage; of one call as they were added. */
  recordings(): readonly Recording[] {
    return [...this.#byKey.entries()]
      .flatMap(([key, some]) => some.map((one) => ({ key, one })))
      .sort((a, b) => comparePlaces(a.one.call, b.one.call) || compare(a.key, b.key))
      .map(({ one }) => one);
  }

  /** The recorded request that differs least from one that is missing. */
  missing(asked: RecordedRequest): Missing {
    let nearest: readonly JsonChange[] | undefined;
    let least = Infinity;
    for (const [recording] of this.#byKey.values()) {
      if (recording === undefined) continue;
      const changes = diffJson(plain(recording), plain(asked));
      const size = changes.reduce((sum, one) => sum + sizeOf(one), 0);
      if (size < least) [nearest, least] = [changes, size];
    }
    return { asked, ...(nearest && { nearest: { changes: nearest } }) };
  }

  /** Writes the file, in an order that a new recording of the same calls keeps. @throws CassetteError */
  async write(file: string): Promise<void> {
    const lines = this.recordings().map((one) => `${lineOf(one)}\n`);
    try {
      await putFile(file, lines.join(''));
    } catch (error) {
      throw new CassetteError(`cannot write ${file}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

/** How many characters differ: those between what two texts begin and end with alike. */
function sizeOf({ from, to }: JsonChange): number {
  const [a, b] = [from, to].map((value) => (value === undefined ? '' : stringifyJson(value)));
  if (a === undefined || b === undefined) return 0;
  const shorter = Math.min(a.length, b.length);
  let start = 0;
  while (start < shorter && a[start] === b[start]) start++;
  let end = 0;
  while (end < shorter - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  return a.length + b.length - 2 * (start + end);
}

/** The recordings that are wanted, or all if none is. */
function narrowed(recordings: readonly Recording[], isWanted: (one: Recording) => boolean): Recording[] {
  const wanted = recordings.filter(isWanted);
  return wanted.length > 0 ? wanted : [...recordings];
}

function comparePlaces(a: CallPlace, b: CallPlace): number {
  return compare(a.case, b.case) || a.row - b.row || compare(a.stage, b.stage);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What identifies a line first, which is what a diff is read by. */
function lineOf({ call, provider, path, request, status, answer }: Recording): string {
  const [place, key, rest] = [JSON.stringify(call), canonicalJson(request), canonicalJson(answer)];
  return `{"call":${place},"provider":${JSON.stringify(provider)},"path":${JSON.stringify(path)},"request":${key},"status":${status},"answer":${rest}}`;
}

function recordingIn(line: string, file: string, number: number): Recording {
  const value = parsed(line);
  if (typeof value === 'object' && value !== null) {
    const { call, provider, path, request, status, answer } = value as Partial<Recording>;
    const isWhole = request !== undefined && answer !== undefined && Number.isInteger(status);
    if (isWhole && isPlace(call) && typeof provider === 'string' && typeof path === 'string' && status !== undefined) {
      return { call, provider, path, request, status, answer };
    }
  }
  throw new CassetteError(`${file}:${number}: this is not a recorded request with its answer; record it again`);
}

function isPlace(value: Partial<CallPlace> | undefined): value is CallPlace {
  return typeof value?.case === 'string' && Number.isInteger(value.row) && typeof value.stage === 'string';
}

function plain({ provider, path, request }: RecordedRequest) {
  return parseJson(canonicalJson({ provider, path, request }));
}
