import { createDecipheriv, type KeyObject } from 'node:crypto';
import { FRAME_HEADER_BYTES, frameNonce, TAG_BYTES, type FrameHeader } from './frame.js';

/**
 * Decrypts a frame; undefined if it is damaged or belongs elsewhere.
 *
 * @param key of its file
 * @param name of its file, as bytes
 * @param bytes the whole frame
 * @param frame its header
 */
export function openFrame(key: KeyObject, name: Buffer, bytes: Buffer, frame: FrameHeader): Buffer | undefined {
  const decipher = createDecipheriv('aes-256-gcm', key, frameNonce(frame));
  decipher.setAAD(name);
  decipher.setAAD(bytes.subarray(0, FRAME_HEADER_BYTES));
  decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
  const plain = decipher.update(bytes.subarray(FRAME_HEADER_BYTES, bytes.length - TAG_BYTES));
  try {
    decipher.final();
    return plain;
  } catch {
    return undefined;
  }
}
