import type { FastifyRequest } from 'fastify';
import { networkOf } from './rate-limit.js';

/** The account of a request where resources are shared: its token's; without a token, its network's. */
export function payerOf({ caller, ip }: FastifyRequest): string {
  return caller?.token ?? networkOf(ip);
}
