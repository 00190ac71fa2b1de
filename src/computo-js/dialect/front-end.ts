import type { Binding, Dialect, Node, Parser, Place, RawCall } from '../syntax/index.js';
import type { Json } from '../value/index.js';

/** Where the dialects differ in what a piece of script means; what operators take differently is in their records. */
export interface FrontEnd {
  readonly dialect: Dialect;
  /** `[]`, or an array whose head is no string. */
  literalArray(script: readonly Json[], place: Place, parser: Parser): Node;
  /** The list of an `{"array": […]}`. */
  arrayObject(list: readonly Json[], place: Place, parser: Parser): Node;
  lambdaArgument(script: Json, place: Place, call: RawCall, parser: Parser): Node;
  bindings(script: Json, place: Place, call: RawCall, parser: Parser): Binding[];
  readonly bindsOneAfterTheOther: boolean;
}
