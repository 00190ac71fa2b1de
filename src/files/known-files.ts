import { FINGERPRINT_BYTES_MAX, fingerprintOf, isSameFingerprint, readAt } from './fingerprint.js';
import { nodeFileSystem, type FileSystem } from './file-system.js';
import { TELLING_BYTES_MIN } from './identity.js';
import { stateOfPlace, type FilePlace, type PlaceState } from './place.js';

/** A file of a folder, and how far it was read. */
export interface KnownFile {
  /** Stays the same when the file is renamed. */
  readonly id: number;
  /** The last name the file was seen under; empty if only its content is known. */
  readonly name: string;
  readonly place: FilePlace;
}

/** The files in the folder at its last listing. */
export interface PresentFiles {
  /** Changes with each listing. */
  readonly version: number;
  /** The names of an inode. */
  namesOf(node: string): readonly string[];
  /** Whether a file has changed since it was last read. */
  hasChanged(name: string): boolean;
  has(name: string): boolean;
  /** Opens a file. @returns undefined if it can't be opened or is no longer a regular file */
  open(name: string): number | undefined;
}

/** An open file to compare with the known ones. */
export interface UnknownFile {
  readonly fd: number;
  readonly name: string;
}

/** What is known of a file: its own record, and the record of content that its inode held earlier and that is now lost or elsewhere. */
export interface Recognized<Known> {
  readonly known?: Known;
  readonly earlier?: { readonly known: Known; readonly state: PlaceState['kind'] };
}

/** The known files of a folder. Recognizes each by its inode, its name or its content. */
export class KnownFileSet<Known extends KnownFile> {
  readonly #records = new Map<number, Known>();
  readonly #byNode = new Map<string, number>();
  readonly #byName = new Map<string, number>();
  /** Records whose content may have moved to another file. */
  #homeless: { readonly version: number; readonly records: Beginnings<Known> } | undefined;

  constructor(private readonly fs: FileSystem = nodeFileSystem) {}

  get size(): number {
    return this.#records.size;
  }

  /** All records; the most recently set come last. */
  values(): IterableIterator<Known> {
    return this.#records.values();
  }

  /** The record last made for an inode, whether or not the inode still holds that content. */
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
   * Finds the record of an open file: by its inode; else by its name, as after a restore; else by its content, as after a move
   * from another disk, provided that no present file has that content. A copy beside its original counts as a separate file.
   *
   * @throws the operating system's errors
   */
  recognize({ fd, name }: UnknownFile, present: PresentFiles): Recognized<Known> {
    const { node } = this.fs.fstat(fd);
    // Without inodes, the name is the best key available.
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

  /** Records of missing files whose content began with `beginning`; the one read furthest comes first. */
  goneLike(beginning: Uint8Array, present: PresentFiles): Known[] {
    const alike = this.#withoutHome(present).of(beginning);
    return byOffset(alike.filter((one) => !this.#isLiving(one, new Set(), present)));
  }

  /**
   * Whether the file's content so far is a copy of a present file. Compares it with every known file. @throws the operating
   * system's errors
   */
  isCopy({ fd, name }: UnknownFile, present: PresentFiles): boolean {
    const { node } = this.fs.fstat(fd);
    const names = new Set([name, ...(node === undefined ? [] : present.namesOf(node))]);
    const begin = new Beginnings<Known>();
    for (const record of this.#records.values()) begin.add(record);
    return begin.of(this.#beginning(fd)).some((one) => this.#isLiving(one, names, present));
  }

  /** Whether a file has left the folder; judged by its name if there are no inodes. */
  isGone({ name, place }: Known, present: PresentFiles): boolean {
    const { node } = place.file;
    return node === undefined ? !present.has(name) : present.namesOf(node).length === 0;
  }

  /** The record of the file that had this name, if another inode now holds its content. */
  #atItsPlace(fd: number, name: string, names: ReadonlySet<string>, present: PresentFiles): Known | undefined {
    const record = this.#records.get(this.#byName.get(name) ?? -1);
    if (record === undefined || name === '' || this.#isElsewhere(record, names, present)) return undefined;
    const { kind } = stateOfPlace(record.place, fd, { isAtItsPlace: true, fs: this.fs });
    return kind === 'good' ? record : undefined;
  }

  /** Records whose content matches the file; the one read furthest comes first. */
  #alike(fd: number, records: Beginnings<Known>): Known[] {
    if (records.isEmpty) return [];
    const alike = records.of(this.#beginning(fd));
    return byOffset(alike.filter(({ place }) => stateOfPlace(place, fd, { fs: this.fs }).kind === 'good'));
  }

  /** Records whose file is missing, or whose inode may hold other content now. */
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

  /** Whether the record's inode now has a name that is not in `names`. */
  #isElsewhere({ place }: Known, names: ReadonlySet<string>, present: PresentFiles): boolean {
    const { node } = place.file;
    return node !== undefined && present.namesOf(node).some((other) => !names.has(other));
  }

  /** Whether a present file, other than those in `names`, has the record's content. */
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

/** Sorts records so that the one read furthest comes first. */
function byOffset<Known extends KnownFile>(records: readonly Known[]): Known[] {
  return records.toSorted((a, b) => b.place.offset - a.place.offset);
}

/** Indexes records by their files' beginnings, if these are long enough to be distinctive. */
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

  /** Records whose file began with these bytes. */
  of(beginning: Uint8Array): Known[] {
    return [...this.#byBytes].flatMap(([bytes, records]) => {
      if (bytes > beginning.length) return [];
      const head = fingerprintOf(beginning.subarray(0, bytes));
      return records.filter(({ place }) => isSameFingerprint(place.file.head, head));
    });
  }
}
