import type { StagePlan } from '../../config/index.js';
import { stageHash } from './stage-hash.js';

const BETWEEN = '~';
const HASH_DIGITS = 8;

/**
 * The address in a dead letter of the stage after which it continues. Stays valid if other stages are added or removed: it is the
 * stage's name or, for a stage without its own name, the name by place and a hash of what the stage does.
 */
export function stageAddress(stage: StagePlan): string {
  return isNamed(stage) ? stage.name : `${stage.name}${BETWEEN}${shortHash(stage)}`;
}

/** @returns the place of the stage with this address, from 0; undefined if there is none, or there may be several */
export function stageAt(stages: readonly StagePlan[], address: string): number | undefined {
  const [name, hash] = address.split(BETWEEN);
  const isMeant = (stage: StagePlan): boolean => hash === undefined || (!isNamed(stage) && shortHash(stage) === hash);
  const byName = stages.findIndex((stage) => stage.name === name && isMeant(stage));
  if (byName !== -1) return byName;
  const moved = hash === undefined ? [] : stages.flatMap((stage, at) => (isMeant(stage) ? [at] : []));
  return moved.length === 1 ? moved[0] : undefined;
}

function isNamed({ name, kind }: StagePlan): boolean {
  return !(name.startsWith(`${kind}-`) && /^\d+$/.test(name.slice(kind.length + 1)));
}

function shortHash(stage: StagePlan): string {
  return stageHash(stage).slice(0, HASH_DIGITS);
}
