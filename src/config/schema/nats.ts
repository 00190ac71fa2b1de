import { duration, flag, integer, jsonPointer, path, text } from './fields.js';
import { secret } from './secret.js';
import { alternatives, list, section } from './structures.js';

const url = () => text('an address like nats://localhost:4222', isNatsUrl);

function isNatsUrl(value: string): boolean {
  return URL.canParse(value) && ['nats:', 'tls:'].includes(new URL(value).protocol) && new URL(value).host !== '';
}

export const nats = () =>
  section({
    url: alternatives(
      'an address, or a list of them',
      [list('addresses', url()).min(1, { error: 'expected an address' }), url().transform((one) => [one])],
      (input) => (Array.isArray(input) ? 0 : 1),
    )
      .prefault('nats://127.0.0.1:4222')
      .describe('The server, or members of one cluster.'),
    credentials: path().optional().describe('A .creds file: who we are, signed.'),
    nkey: secret('the seed of an NKEY').optional().describe('The seed of an NKEY: who we are.'),
    token: secret('a token').optional().describe('A token that the server asks for.'),
    user: text('a name').optional().describe('A user that the server knows.'),
    password: secret('a password').optional().describe("The user's password."),
    tls: section({
      ca: path().optional().describe('PEM file with the certificates to trust, instead of the usual ones.'),
      cert: path().optional().describe('PEM file with our certificate, where the server asks for one.'),
      key: path().optional().describe('PEM file with its private key.'),
    })
      .optional()
      .describe('Encrypt the connection; tls:// does it with the usual certificates.'),
  });

export const fleet = () =>
  section({
    join: flag()
      .prefault(false)
      .describe('Share the work with all daemons that have joined at nats.url. As serve --join.'),
    name: text('letters, digits, - and _', (name) => /^[A-Za-z0-9_-]{1,64}$/.test(name))
      .prefault('colloquium')
      .describe('Which fleet, where one server has several.'),
    order_by: jsonPointer()
      .optional()
      .describe('Where events carry what they are ordered by: those with the same value go one after the other.'),
    partitions: integer(1, 1024)
      .prefault(16)
      .describe(
        'Most ordered events of a pipeline that are worked on at a time, in the whole fleet. Same for all members.',
      ),
    ack_wait: duration(1000, 3_600_000)
      .prefault('30s')
      .describe(
        'An event goes to another member when its own has not been heard from for this long. A plain number is milliseconds.',
      ),
    max_deliveries: integer(1, 1000)
      .prefault(10)
      .describe('An event that was delivered this many times and never finished is dead-lettered.'),
    replicas: integer(1, 5).prefault(1).describe('Copies that a cluster of NATS servers keeps of everything.'),
  });
