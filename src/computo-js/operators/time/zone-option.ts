import type { Compiler } from '../../compile/index.js';
import type { Call } from '../../syntax/index.js';
import { compileOption, type Option } from '../option.js';
import { readZone, UTC, type Zone } from './zone.js';

/** Compiles an argument that names a time zone; UTC if it is missing. */
export function compileZone(call: Call, index: number, compiler: Compiler): Option<Zone> {
  return call.arguments[index] === undefined ? () => UTC : compileOption(call, index, compiler, readZone);
}
