import type { Authenticator } from '@nats-io/transport-node';
import type { NatsOptions } from './options.js';

/** Returns our credentials. None are sent unless the server asks for them. */
export async function authenticatorsOf(options: NatsOptions): Promise<Authenticator[]> {
  const { credsAuthenticator, nkeyAuthenticator, tokenAuthenticator, usernamePasswordAuthenticator } =
    await import('./client.js');
  const { credentials, nkey, token, user, password } = { ...fromUrl(options.urls), ...without(options) };
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  return [
    ...(credentials === undefined ? [] : [credsAuthenticator(bytes(credentials))]),
    ...(nkey === undefined ? [] : [nkeyAuthenticator(bytes(nkey.trim()))]),
    ...(token === undefined ? [] : [tokenAuthenticator(token)]),
    ...(user === undefined ? [] : [usernamePasswordAuthenticator(user, password ?? '')]),
  ];
}

/** Reads `nats://user:password@host` or `nats://token@host`, as NATS' own tools accept it. */
function fromUrl([url = '']: readonly string[]): Partial<NatsOptions> {
  if (!URL.canParse(url)) return {};
  const { username, password } = new URL(url);
  if (username === '') return {};
  const user = decodeURIComponent(username);
  return password === '' ? { token: user } : { user, password: decodeURIComponent(password) };
}

function without(options: NatsOptions): Partial<NatsOptions> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
