import { statfs } from 'node:fs/promises';

/**
 * File systems that only one kernel at a time can write to, by their numbers in statfs(2). Any other counts as shared, which
 * makes a lock stricter, never weaker.
 */
const LOCAL: Readonly<Partial<Record<NodeJS.Platform, readonly number[]>>> = {
  linux: [
    0xef53, // ext2, ext3, ext4
    0x5846_5342, // xfs
    0x9123_683e, // btrfs
    0x2fc1_2fc1, // zfs
    0xf2f5_2010, // f2fs
    0xca45_1a4e, // bcachefs
    0x0102_1994, // tmpfs
    0x8584_58f6, // ramfs
    0x794c_7630, // overlayfs
    0x4d44, // vfat
    0x2011_bab0, // exfat
  ],
  darwin: [26], // apfs
};

/** Whether a folder is on a file system that no other machine can write to. */
export async function isOnLocalFileSystem(folder: string): Promise<boolean> {
  try {
    const { type } = await statfs(folder);
    return LOCAL[process.platform]?.includes(type) ?? false;
  } catch {
    return false;
  }
}
