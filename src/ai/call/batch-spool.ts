import { open, type FileHandle } from 'node:fs/promises';
import { SectionSealer, type KeyRing } from '../../crypt/index.js';

/** The number of bytes written at once. */
const CHUNK_BYTES = 256 * 1024;

/** The file of a batch that is being gathered. Memory use does not depend on its size. */
export class Spool {
  readonly #file: FileHandle;
  readonly #sealer: SectionSealer | undefined;
  /** How many bytes the file has. */
  #size = 0;
  #chunk: string[] = [];
  #chunkBytes = 0;
  #written: Promise<void> = Promise.resolve();
  #failure: unknown;
  /** Bytes, before they are encrypted, and lines so far. */
  bytes = 0;
  lines = 0;

  private constructor(file: FileHandle, keys: KeyRing | undefined) {
    this.#file = file;
    this.#sealer = keys && new SectionSealer(keys);
  }

  /** @param keys with which it is encrypted; undefined: it is not. @throws Error if the file can't be created */
  static async create(path: string, keys: KeyRing | undefined): Promise<Spool> {
    return new Spool(await open(path, 'w', 0o600), keys);
  }

  /** Resolves when there is room for more. @throws Error if the file can't be written */
  async add(line: string): Promise<void> {
    const text = `${line}\n`;
    const bytes = Buffer.byteLength(text);
    this.#chunk.push(text);
    this.#chunkBytes += bytes;
    this.bytes += bytes;
    this.lines += 1;
    if (this.#chunkBytes >= CHUNK_BYTES) await this.#flush();
  }

  async #flush(): Promise<void> {
    const text = this.#chunk.join('');
    this.#chunk = [];
    this.#chunkBytes = 0;
    this.#written = this.#written
      .then(async () => {
        await this.append(Buffer.from(text));
      })
      .catch((error: unknown) => {
        this.#failure ??= error;
      });
    await this.#written;
    if (this.#failure !== undefined) throw failed(this.#failure);
  }

  /** Writes bytes at once. Not for a file that lines are added to. @throws Error if the file can't be written */
  async append(bytes: Buffer): Promise<void> {
    await this.#write(this.#sealer?.seal(bytes, this.#size) ?? bytes);
  }

  async #write(bytes: Buffer): Promise<void> {
    if (bytes.length > 0) await this.#file.appendFile(bytes);
    this.#size += bytes.length;
  }

  /** Writes the rest durably and closes the file. @throws Error if the file can't be written */
  async close(): Promise<void> {
    try {
      await this.#flush();
      if (this.#sealer !== undefined) await this.#write(this.#sealer.end());
      await this.#file.sync();
    } catch (error) {
      throw failed(error);
    } finally {
      await this.#file.close();
    }
  }
}

function failed(error: unknown): unknown {
  return error instanceof Error ? error : new Error(String(error));
}
