import { flag, integer, network, path, size, text } from './fields.js';
import { secrets } from './secret.js';
import { list, section } from './structures.js';

export const server = () =>
  section({
    host: text('a host name or address')
      .prefault('127.0.0.1')
      .describe('Address to listen on. Any address but a loopback one needs tokens, or insecure: true.'),
    port: integer(0, 65535).prefault(8080).describe('Port to listen on; 0 takes any free one.'),
    max_body_size: size(1, 2 ** 31)
      .prefault('1MB')
      .describe(
        'Largest request body, and largest line of a stream; a larger one is answered with 413. At most processing.max_line_size.',
      ),
    tokens: secrets('a token')
      .prefault([])
      .describe('Bearer tokens that are let in: text (best "${NAME}"), { file } or { command }, or a list of these.'),
    insecure: flag().prefault(false).describe('Listen on any address without tokens.'),
    rate_limit: section({
      token_requests_per_minute: integer(1).optional().describe('Requests that each token may make.'),
      address_requests_per_minute: integer(1)
        .optional()
        .describe('Requests that may come from each address, or IPv6 network of 64 bits.'),
    })
      .prefault({})
      .describe("More than this is answered with 429. Up to ten seconds' worth may come at once."),
    trusted_proxies: list('addresses and networks', network())
      .prefault([])
      .describe('Proxies whose X-Forwarded-For is believed: addresses, or networks like 10.0.0.0/8.'),
    tls: section({
      cert: path().describe('PEM file with the certificate chain.'),
      key: path().describe('PEM file with the private key.'),
    })
      .optional()
      .describe('Serve HTTPS.'),
  });
