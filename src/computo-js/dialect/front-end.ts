import type { Binding, Dialect, Node, Parser, Place, RawCall } from '../syntax/index.js';
import type { Json } from '../value/index.js';

/** How a dialect reads the constructs that differ between dialects. Differences in operators' arguments are in the operators' records. */
export interface FrontEnd {
  readonly dialect: Dialect;
  /** Reads `[]`, or an array that does not start with a string. */
  literalArray(script: readonly Json[], place: Place, parser: Parser): Node;
  /** Reads the list in `{"array": […]}`. */
  arrayObject(list: readonly Json[], place: Place, parser: Parser): Node;
  lambdaArgument(script: Json, place: Place, call: RawCall, parser: Parser): Node;
  bindings(script: Json, place: Place, call: RawCall, parser: Parser): Binding[];
  readonly bindsOneAfterTheOther: boolean;
}
