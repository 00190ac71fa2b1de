import type { DiskFile } from './disk.js';

/** An open file with several users; the last one to release it closes it. */
export class SharedFile {
  #users = 1;

  constructor(readonly file: DiskFile) {}

  join(): void {
    this.#users += 1;
  }

  async release(): Promise<void> {
    this.#users -= 1;
    if (this.#users === 0) await this.file.close();
  }
}
