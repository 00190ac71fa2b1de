import fc from 'fast-check';

/** What `fc.string({ unit: 'binary' })` gives, but for the second that it takes to be made: of any code points. */
export function anyText(bounds: { readonly maxLength?: number } = {}): fc.Arbitrary<string> {
  const codePoint = fc.oneof(fc.nat(0x7f), fc.nat(0xd7ff), fc.integer({ min: 0xe000, max: 0x10ffff }));
  return fc.string({ unit: codePoint.map((point) => String.fromCodePoint(point)), ...bounds });
}
