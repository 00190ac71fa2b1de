import zlib, { type ZlibOptions } from 'node:zlib';

/** Takes the text of a streamed answer as it comes. */
export interface StreamReader {
  push(text: string): StreamProgress;
}

/** `begun`: something of the answer itself has come; `done`: its end has; `excess`: why it is too large, for people. */
export type StreamProgress = 'waiting' | 'begun' | 'done' | Excess;

export interface Excess {
  readonly excess: string;
}

/** Each token of a stream comes with many times its length of surrounding text. */
const STREAM_TIMES = 8;

/**
 * The body of an answer, assembled from its chunks: kept whole, or given to a reader. A server that is asked for a stream may
 * send one JSON text instead.
 */
export class AnswerBody {
  readonly #bytesMax: number;
  readonly #encoding: string;
  readonly #reader: StreamReader | undefined;
  readonly #decoder = new TextDecoder();
  #chunks: Buffer[] = [];
  #bytes = 0;
  /** Text that is decoded while it is unknown whether it is a stream. */
  #lead = '';
  #form: 'unknown' | 'whole' | 'stream';

  /**
   * @param encoding the header `content-encoding`
   * @param reader receives the text if it is a stream of events; undefined if it can't be one
   */
  constructor(bytesMax: number, encoding: string | null, reader: StreamReader | undefined) {
    this.#bytesMax = bytesMax;
    this.#encoding = encoding?.trim().toLowerCase() ?? '';
    this.#reader = reader;
    // A compressed body is decompressed once it is complete.
    this.#form = reader === undefined || Object.hasOwn(INFLATERS, this.#encoding) ? 'whole' : 'unknown';
  }

  push(chunk: Buffer): StreamProgress {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#bytesMax * (this.#form === 'stream' ? STREAM_TIMES : 1)) return this.#tooLarge();
    if (this.#form !== 'stream') this.#chunks.push(chunk);
    if (this.#form === 'whole') return 'waiting';
    const text = this.#decoder.decode(chunk, { stream: true });
    if (this.#form === 'stream') return this.#read(text);
    this.#lead += text;
    const first = this.#lead.trimStart().charAt(0);
    if (first === '') return 'waiting';
    if (!isEvent(first)) {
      this.#form = 'whole';
      return 'waiting';
    }
    this.#form = 'stream';
    this.#chunks = [];
    return this.#read(this.#lead);
  }

  /** @returns the whole text; `streamed`: the reader has it */
  end(): { readonly text: string } | 'streamed' | Excess {
    if (this.#form === 'stream') return this.#readLast(this.#decoder.decode());
    const bytes = inflated(Buffer.concat(this.#chunks), this.#encoding, this.#bytesMax);
    if (bytes === undefined) return { excess: `${this.#tooLarge().excess}, or packed in an unknown way` };
    // Without a byte order mark, which is no part of the text.
    const text = new TextDecoder().decode(bytes);
    const isStream = this.#reader !== undefined && isEvent(text.trimStart().charAt(0));
    return isStream ? this.#readLast(text) : { text };
  }

  #read(text: string): StreamProgress {
    return this.#reader?.push(text) ?? 'waiting';
  }

  #readLast(text: string): 'streamed' | Excess {
    const progress = this.#read(text);
    return typeof progress === 'string' ? 'streamed' : progress;
  }

  #tooLarge(): Excess {
    return { excess: `the answer is larger than ${this.#bytesMax} bytes` };
  }
}

/** Whether events can start with this character; JSON and HTML can't. */
function isEvent(first: string): boolean {
  return /^[a-z:]$/.test(first);
}

/** Encodings that servers use although they were asked not to compress. Looked up late, because zlib would have to be loaded. */
const INFLATERS: Readonly<Record<string, (bytes: Buffer, options: ZlibOptions) => Buffer>> = {
  gzip: (...given) => zlib.gunzipSync(...given),
  'x-gzip': (...given) => zlib.gunzipSync(...given),
  deflate: (...given) => zlib.inflateSync(...given),
  br: (...given) => zlib.brotliDecompressSync(...given),
};

/** The decompressed bytes; undefined if they would be too many, or can't be decompressed. */
function inflated(bytes: Buffer, encoding: string, bytesMax: number): Buffer | undefined {
  const inflate = INFLATERS[encoding];
  if (inflate === undefined) return bytes;
  try {
    return inflate(bytes, { maxOutputLength: bytesMax });
  } catch {
    return undefined;
  }
}
