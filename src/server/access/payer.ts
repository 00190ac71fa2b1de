import type { FastifyRequest } from 'fastify';
import { networkOf } from './rate-limit.js';

/** On whose account a request is, where something is shared: its token's; else its network's. */
export function payerOf({ caller, ip }: FastifyRequest): string {
  return caller?.token ?? networkOf(ip);
}
