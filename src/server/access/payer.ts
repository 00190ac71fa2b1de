import type { FastifyRequest } from 'fastify';
import { networkOf } from './rate-limit.js';

/** The account that a request is charged to when resources are shared: its token or, without a token, its network. */
export function payerOf({ caller, ip }: FastifyRequest): string {
  return caller?.token ?? networkOf(ip);
}
