import { FINGERPRINT_BYTES_MAX, fingerprintOf, isSameFingerprint, readAt } from './fingerprint.js';
import { nodeFileSystem, type FileSystem } from './file-system.js';
import { TELLING_BYTES_MIN } from './identity.js';
import { stateOfPlace, type FilePlace, type PlaceState } from './place.js';

/** A file of a folder, and how far it was read. */
export interface KnownFile {
  /** Stays the same whatever the file is called. */
  readonly id: number;
  /** Its name when it was seen last; empty when only its content is known. */
  readonly name: string;
  readonly place: FilePlace;
}

/** What is in the folder now, by its last listing. */
export interface PresentFiles {
  /** Another one after each listing. */
  readonly version: number;
  /** The names that an inode has. */
  namesOf(node: string): readonly string[];
  /** Whether a file has changed since it was read last. */
  hasChanged(name: string): boolean;
  has(name: string): boolean;
  /** Opens one of them. @returns undefined when it can't be opened, or is no file any more */
  open(name: string): number | undefined;
}

/** A file that is to be known again, open. */
export interface UnknownFile {
  readonly fd: number;
  readonly name: string;
}

/** What is known of a file: the record that is its own, and one of an earlier content of its inode, which is lost or elsewhere. */
export interface Recognized<Known> {
  readonly known?: Known;
  readonly earlier?: { readonly known: Known; readonly state: PlaceState['kind'] };
}

/** The files of a folder that are known, to be found again by what they are. */
export class KnownFileSet<Known extends KnownFile> {
  readonly #records = new Map<number, Known>();
  readonly #byNode = new Map<string, number>();
  readonly #byName = new Map<string, number>();
  /** Records whose content may be in another file by now. */
  #homeless: { readonly version: number; readonly records: Beginnings<Known> } | undefined;

  constructor(private readonly fs: FileSystem = nodeFileSystem) {}

  get size(): number {
    return this.#records.size;
  }

  /** All of them, those that were set last at the end. */
  values(): IterableIterator<Known> {
    return this.#records.values();
  }

  /** What was read last of an inode, whether that is still in it or not. */
  ofNode(node: string): Known | undefined {
    return this.#records.get(this.#byNode.get(node) ?? -1);
  }

  set(record: Known): void {
    this.delete(record.id);
    const { id, name, place } = record;
    this.#records.set(id, record);
    this.#byName.set(name, id);
    if (place.file.node === undefined) this.#homeless = undefined;
    else this.#byNode.set(place.file.node, id);
  }

  delete(id: number): void {
    const record = this.#records.get(id);
    if (record === undefined) return;
    const { node } = record.place.file;
    this.#records.delete(id);
    if (node !== undefined && this.#byNode.get(node) === id) this.#byNode.delete(node);
    if (this.#byName.get(record.name) === id) this.#byName.delete(record.name);
  }

  /**
   * Which of them an open file is: first by its inode, then by its name, as after a restore, then by its content, as after a move
   * from another disk, where no file that is there has that. A copy beside its original is a file of its own.
   *
   * @throws the operating system's errors
   */
  recognize({ fd, name }: UnknownFile, present: PresentFiles): Recognized<Known> {
    const { node } = this.fs.fstat(fd);
    // Where there are no inodes, a name is the best that there is.
    const own = node === undefined ? this.#records.get(this.#byName.get(name) ?? -1) : this.ofNode(node);
    const state = own && stateOfPlace(own.place, fd, { isAtItsPlace: node === undefined, fs: this.fs }).kind;
    if (state === 'good' && own !== undefined) return { known: own };
    const earlier = own && state && { known: own, state };

    const names = new Set([name, ...(node === undefined ? [] : present.namesOf(node))]);
    const isOther = (one: Known): boolean => one !== own && this.#records.has(one.id);
    const known =
      [...names].map((one) => this.#atItsPlace(fd, one, names, present)).find((one) => one && isOther(one)) ??
      this.#alike(fd, this.#withoutHome(present)).find((one) => isOther(one) && !this.#isLiving(one, names, present));
    return { ...(known && { known }), ...(earlier && { earlier }) };
  }

  /** Those that are gone, and whose content began so: the one that was read farthest first. */
  goneLike(beginning: Uint8Array, present: PresentFiles): Known[] {
    const alike = this.#withoutHome(present).of(beginning);
    return byOffset(alike.filter((one) => !this.#isLiving(one, new Set(), present)));
  }

  /** Whether a file is a copy of one that is there, so far. Looks at all that are known. @throws the operating system's errors */
  isCopy({ fd, name }: UnknownFile, present: PresentFiles): boolean {
    const { node } = this.fs.fstat(fd);
    const names = new Set([name, ...(node === undefined ? [] : present.namesOf(node))]);
    const begin = new Beginnings<Known>();
    for (const record of this.#records.values()) begin.add(record);
    return begin.of(this.#beginning(fd)).some((one) => this.#isLiving(one, names, present));
  }

  /** Whether a file is not in the folder any more; going by its name where there are no inodes. */
  isGone({ name, place }: Known, present: PresentFiles): boolean {
    const { node } = place.file;
    return node === undefined ? !present.has(name) : present.namesOf(node).length === 0;
  }

  /** The file that had this name, where another inode has its content now. */
  #atItsPlace(fd: number, name: string, names: ReadonlySet<string>, present: PresentFiles): Known | undefined {
    const record = this.#records.get(this.#byName.get(name) ?? -1);
    if (record === undefined || name === '' || this.#isElsewhere(record, names, present)) return undefined;
    const { kind } = stateOfPlace(record.place, fd, { isAtItsPlace: true, fs: this.fs });
    return kind === 'good' ? record : undefined;
  }

  /** Those that a file can be by its content, the one that was read farthest first. */
  #alike(fd: number, records: Beginnings<Known>): Known[] {
    if (records.isEmpty) return [];
    const alike = records.of(this.#beginning(fd));
    return byOffset(alike.filter(({ place }) => stateOfPlace(place, fd, { fs: this.fs }).kind === 'good'));
  }

  /** Those that are gone, and those whose inode may have other content by now. */
  #withoutHome(present: PresentFiles): Beginnings<Known> {
    if (this.#homeless?.version === present.version) return this.#homeless.records;
    const records = new Beginnings<Known>();
    for (const record of this.#records.values()) {
      const { node } = record.place.file;
      const names = node === undefined ? [] : present.namesOf(node);
      if (names.every((name) => present.hasChanged(name))) records.add(record);
    }
    this.#homeless = { version: present.version, records };
    return records;
  }

  #beginning(fd: number): Uint8Array {
    return readAt(this.fs, fd, 0, FINGERPRINT_BYTES_MAX);
  }

  /** Whether its inode has a name now that is none of a file's. */
  #isElsewhere({ place }: Known, names: ReadonlySet<string>, present: PresentFiles): boolean {
    const { node } = place.file;
    return node !== undefined && present.namesOf(node).some((other) => !names.has(other));
  }

  /** Whether a file that is there has its content: another one than that which has these names. */
  #isLiving({ name: lastName, place }: Known, names: ReadonlySet<string>, present: PresentFiles): boolean {
    const { node } = place.file;
    const others = new Set(node === undefined ? [] : present.namesOf(node));
    if (present.has(lastName)) others.add(lastName);
    return [...others].some((other) => {
      if (names.has(other)) return false;
      const fd = present.open(other);
      if (fd === undefined) return false;
      try {
        return stateOfPlace(place, fd, { isAtItsPlace: other === lastName, fs: this.fs }).kind === 'good';
      } finally {
        this.fs.close(fd);
      }
    });
  }
}

/** The one that was read farthest first. */
function byOffset<Known extends KnownFile>(records: readonly Known[]): Known[] {
  return records.toSorted((a, b) => b.place.offset - a.place.offset);
}

/** Records by what their files begin with, as far as that tells. */
class Beginnings<Known extends KnownFile> {
  readonly #byBytes = new Map<number, Known[]>();

  get isEmpty(): boolean {
    return this.#byBytes.size === 0;
  }

  add(record: Known): void {
    const { bytes } = record.place.file.head;
    if (bytes < TELLING_BYTES_MIN) return;
    const alike = this.#byBytes.get(bytes);
    if (alike === undefined) this.#byBytes.set(bytes, [record]);
    else alike.push(record);
  }

  /** Those whose file began as this does. */
  of(beginning: Uint8Array): Known[] {
    return [...this.#byBytes].flatMap(([bytes, records]) => {
      if (bytes > beginning.length) return [];
      const head = fingerprintOf(beginning.subarray(0, bytes));
      return records.filter(({ place }) => isSameFingerprint(place.file.head, head));
    });
  }
}
