import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import type { SecretRef } from '../schema/secret.js';
import { Secret } from './secret.js';

const COMMAND_TIMEOUT_MS = 30_000;
const SECRET_BYTES_MAX = 64 * 1024;

/** How secrets are read; a test may pass its own. */
export interface SecretReaders {
  readonly readFile: (path: string) => Promise<string>;
  /** Runs a program and returns its output. */
  readonly run: (program: string, args: readonly string[]) => Promise<string>;
}

const READERS: SecretReaders = {
  readFile: async (path) => await readFile(path, 'utf8'),
  run: async (program, args) =>
    await new Promise((resolve, reject) => {
      const limits = { timeout: COMMAND_TIMEOUT_MS, maxBuffer: SECRET_BYTES_MAX };
      execFile(program, [...args], limits, (error, stdout) => {
        if (error === null) resolve(stdout);
        // The error's own message would repeat the command line and its output.
        else
          reject(
            new Error(
              error.killed === true ? 'it took too long' : `it ended with ${String(error.code ?? error.signal)}`,
            ),
          );
      });
    }),
};

/** A secret could not be read. The message names where it was expected, never what was found. */
export class SecretError extends Error {
  override readonly name = 'SecretError';
}

/**
 * Reads a secret. Removes newlines at its end.
 *
 * @throws SecretError if there is none
 */
export async function resolveSecret(ref: SecretRef, readers: SecretReaders = READERS): Promise<Secret> {
  switch (ref.kind) {
    case 'value':
      return ref.secret;
    case 'file':
      return nonEmpty(await attempt(readers.readFile(ref.path), `cannot read the secret in ${ref.path}`), ref.path);
    case 'command': {
      const [program = '', ...args] = typeof ref.command === 'string' ? ['/bin/sh', '-c', ref.command] : ref.command;
      const label = `the command for a secret, ${typeof ref.command === 'string' ? ref.command : program},`;
      return nonEmpty(await attempt(readers.run(program, args), `${label} failed`), label);
    }
  }
}

async function attempt(reading: Promise<string>, problem: string): Promise<string> {
  try {
    return await reading;
  } catch (error) {
    throw new SecretError(`${problem}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function nonEmpty(text: string, where: string): Secret {
  const secret = text.replace(/[\r\n]+$/, '');
  if (secret === '') throw new SecretError(`${where} gave an empty secret`);
  return new Secret(secret);
}
