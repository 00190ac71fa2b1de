import { choice, flag, fraction, integer, jsonPointer, path, size } from './fields.js';
import { secret } from './secret.js';
import { list, section } from './structures.js';

export const storage = () =>
  section({
    disk_path: path().prefault('./data').describe('Folder of the stored log.'),
    max_file_size: size(4096)
      .prefault('100MB')
      .describe('A file of the log is closed at this size and the next one started.'),
    memory_buffer_size: integer(0, 10_000_000)
      .prefault(10_000)
      .describe('Latest events kept in memory for quick answers.'),
    retention_days: fraction(0, 36_500).prefault(7).describe('Processed events older than this many days are removed.'),
    retention_size: size(0)
      .optional()
      .describe('The log is kept below this size by removing the oldest processed events. Default: no limit.'),
    min_free: size(0)
      .prefault('100MB')
      .describe('With less free on its disk than this the daemon counts as not ready: GET /readyz says so.'),
    durability: choice(['fsync', 'os'])
      .prefault('fsync')
      .describe(
        'fsync: an event is on the disk before it is acknowledged. os: it is with the operating system, and a power cut may take it.',
      ),
    gzip: flag().prefault(false).describe('Compress files of the log once they are full.'),
    encryption: section({
      key: secret('a key').describe(
        'Encrypts: 32 bytes in base64 or as 64 hexadecimal digits, as openssl rand -base64 32 makes them. Text (best "${NAME}"), { file } or { command }.',
      ),
      old_keys: list('keys', secret('a key'))
        .prefault([])
        .describe('Keys that only decrypt: those that encrypted before.'),
    })
      .optional()
      .describe(
        'The stored log and what state_dir holds are encrypted with this key, outputs and dead letters with encrypt: true. Default: nothing is encrypted.',
      ),
    idempotency_pointer: jsonPointer()
      .optional()
      .describe(
        'Where an event carries its idempotency key, if no Idempotency-Key header is sent: an event with a known key is stored once.',
      ),
  });
