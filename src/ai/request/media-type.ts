import { extname } from 'node:path';

/** The first bytes of each kind of file, as Latin-1. */
const BEGINNINGS: readonly (readonly [RegExp, string])[] = [
  [/^\x89PNG/, 'image/png'],
  [/^\xff\xd8\xff/, 'image/jpeg'],
  [/^GIF8/, 'image/gif'],
  [/^RIFF.{4}WEBP/s, 'image/webp'],
  [/^RIFF.{4}WAVE/s, 'audio/wav'],
  [/^(?:ID3|\xff[\xfb\xf3\xf2])/, 'audio/mpeg'],
  [/^fLaC/, 'audio/flac'],
  [/^OggS/, 'audio/ogg'],
  [/^%PDF-/, 'application/pdf'],
];

const BY_ENDING: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.wav': 'audio/wav',
  '.mp3': 'audio/mpeg',
  '.flac': 'audio/flac',
  '.ogg': 'audio/ogg',
  '.pdf': 'application/pdf',
  '.txt': 'text/plain',
  '.md': 'text/plain',
  '.csv': 'text/csv',
};

const HEAD_BASE64 = 24;

/** The media type of a file by its first bytes. @param data base64 */
export function mediaTypeOfData(data: string): string | undefined {
  const head = Buffer.from(data.slice(0, HEAD_BASE64), 'base64').toString('latin1');
  return BEGINNINGS.find(([begins]) => begins.test(head))?.[1];
}

/** The media type of a file by its name, or of an address by its path. */
export function mediaTypeOfName(name: string): string | undefined {
  return BY_ENDING[extname(name).toLowerCase()];
}
