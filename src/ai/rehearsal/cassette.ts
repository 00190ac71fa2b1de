import { readFileSync } from 'node:fs';
import { parseJson, diffJson, type JsonChange } from '../../json/index.js';
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

/** A request and its answer: one line of a cassette. */
export interface Recording extends RecordedRequest {
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

/** Recorded answers, in the file's order. */
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

  /** The answer to a request that was made `earlier` times before: of fewer recordings, the last one. */
  find(asked: RecordedRequest, earlier: number): Recording | undefined {
    const found = this.#byKey.get(keyOfRequest(asked));
    return found?.[Math.min(earlier, found.length - 1)];
  }

  has(asked: RecordedRequest): boolean {
    return this.#byKey.has(keyOfRequest(asked));
  }

  recordings(): readonly Recording[] {
    return [...this.#byKey.values()].flat();
  }

  /** The recorded request that differs least from one that is missing. */
  missing(asked: RecordedRequest): Missing {
    let nearest: readonly JsonChange[] | undefined;
    for (const [recording] of this.#byKey.values()) {
      if (recording === undefined) continue;
      const changes = diffJson(plain(recording), plain(asked));
      if (nearest === undefined || changes.length < nearest.length) nearest = changes;
    }
    return { asked, ...(nearest && { nearest: { changes: nearest } }) };
  }

  /** Writes the file, sorted by request, so that a new recording of the same requests differs only in the answers. @throws CassetteError */
  async write(file: string): Promise<void> {
    const keys = [...this.#byKey.keys()].sort();
    const lines = keys.flatMap((key) => this.#byKey.get(key) ?? []).map((one) => `${lineOf(one)}\n`);
    try {
      await putFile(file, lines.join(''));
    } catch (error) {
      throw new CassetteError(`cannot write ${file}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

/** The request first, which is what a diff is read by. */
function lineOf({ provider, path, request, status, answer }: Recording): string {
  const [key, rest] = [canonicalJson(request), canonicalJson(answer)];
  return `{"provider":${JSON.stringify(provider)},"path":${JSON.stringify(path)},"request":${key},"status":${status},"answer":${rest}}`;
}

function recordingIn(line: string, file: string, number: number): Recording {
  const value = parsed(line);
  if (typeof value === 'object' && value !== null) {
    const { provider, path, request, status, answer } = value as Partial<Recording>;
    const isWhole = request !== undefined && answer !== undefined && Number.isInteger(status);
    if (isWhole && typeof provider === 'string' && typeof path === 'string' && status !== undefined) {
      return { provider, path, request, status, answer };
    }
  }
  throw new CassetteError(`${file}:${number}: this is not a recorded request with its answer; record it again`);
}

function plain({ provider, path, request }: RecordedRequest) {
  return parseJson(canonicalJson({ provider, path, request }));
}
