// The hot path of ../scanner.ts in AssemblyScript, which the build compiles to WebAssembly: sixteen bytes at a time. It accepts a line
// only where ../scanner.ts would, with the same result, and leaves all others to it: lines of a shape that is not known yet, too.
//
// The memory, in this order: the slots of a line, the rows of several lines, the known shapes (../simd-scan.ts writes them), and the
// text.

/** What scanning functions return instead of a position if they do not understand a line. */
const REFUSED: usize = 0;

const TAB: u32 = 0x09;
const NEWLINE: u32 = 0x0a;
const CARRIAGE_RETURN: u32 = 0x0d;
const SPACE: u32 = 0x20;
const QUOTE: u32 = 0x22;
const PLUS: u32 = 0x2b;
const COMMA: u32 = 0x2c;
const MINUS: u32 = 0x2d;
const POINT: u32 = 0x2e;
const SLASH: u32 = 0x2f;
const ZERO: u32 = 0x30;
const NINE: u32 = 0x39;
const OPEN_ARRAY: u32 = 0x5b;
const BACKSLASH: u32 = 0x5c;
const CLOSE_ARRAY: u32 = 0x5d;
const LOWER_E: u32 = 0x65;
const LOWER_U: u32 = 0x75;
const OPEN_OBJECT: u32 = 0x7b;
/** `true`, `alse` and `null` as words, little end first. */
const TRUE: u32 = 0x65757274;
const ALSE: u32 = 0x65736c61;
const NULL: u32 = 0x6c6c756e;
const LOWER_F: u32 = 0x66;

/** Numbers with this many characters fit a double with digits to spare. */
const PLAIN_NUMBER_MAX: i32 = 15;
/** The most digits after the decimal point with which a nonzero number below 1 prints without an exponent. */
const SMALL_FRACTION_MAX: i32 = 6;

/** Place: the head of its links, its slot, whether keys below it are wanted, and the place of an array's elements. */
const PLACE_SLOT: usize = 4;
const PLACE_WANTS_KEYS: usize = 8;
const PLACE_ELEMENTS: usize = 12;
/** The slot of a place of which nothing is wanted; −1 if only something inside of it is. */
const NOTHING: i32 = -2;

/** Link: another one, its length, its mask (all bytes of a literal of up to 16), where it leads, whether it is odd, what follows. */
const LINK_LENGTH: usize = 4;
const LINK_MASK: usize = 8;
const LINK_PLACE: usize = 12;
const LINK_ODD: usize = 16;
const LINK_THEN: usize = 20;
const LINK_TEXT: usize = 32;

/** Where the slots of a single line and the rows are. */
const LINE_AT: usize = 16;
let rowsAt: usize = 0;
let rowsMax: i32 = 0;
let slots: i32 = 0;
/** Of the line that is being scanned. */
let starts: usize = 0;
let ends: usize = 0;
let odds: usize = 0;
let numbers: usize = 0;
let readsNumbers: bool = false;
let root: usize = 0;
let text: usize = 0;
let depth: i32 = 0;
/** Whether something odd was found since this was last cleared. */
let hasPassedOdd: i32 = 0;

/** Says where everything is, once. The slots' three arrays start at address 16, one after another. */
export function prepare(
  slotCount: i32,
  rowsStart: i32,
  rowCount: i32,
  rootPlace: i32,
  textStart: i32,
  levels: i32,
): void {
  slots = slotCount;
  rowsAt = rowsStart;
  rowsMax = rowCount;
  root = rootPlace;
  text = textStart;
  depth = levels;
}

/**
 * Scans the value at an offset of the text and fills the slots.
 *
 * @returns the offset past its end; −1 if it is not understood
 */
export function scan(start: i32): i32 {
  starts = LINE_AT;
  ends = starts + 4 * <usize>slots;
  odds = ends + 4 * <usize>slots;
  readsNumbers = false;
  const end = scanStart(text + <usize>start);
  return end == REFUSED ? -1 : <i32>(end - text);
}

/**
 * Scans whole lines from an offset on, and fills a row for each: as many as there are rows, or up to one that is not understood.
 * The rows' arrays follow one another: the numbers in slots that hold plain ones, starts, ends, the ends of the lines, and odds.
 *
 * @param length of the text
 * @returns the number of lines
 */
export function scanLines(start: i32, length: i32): i32 {
  const all = <usize>rowsMax * <usize>slots;
  const textEnd = text + <usize>length;
  numbers = rowsAt;
  starts = numbers + 8 * all;
  ends = starts + 4 * all;
  let lineEnds = ends + 4 * all;
  odds = lineEnds + 4 * <usize>rowsMax;
  readsNumbers = true;
  let at = text + <usize>start;
  let row: i32 = 0;
  for (; row < rowsMax && at < textEnd; row++) {
    let end = scanStart(at);
    if (end == REFUSED) break;
    if (load<u8>(end) != NEWLINE) end = skipSpace(end);
    if (load<u8>(end) != NEWLINE) break;
    store<i32>(lineEnds, <i32>(end - text));
    lineEnds += 4;
    numbers += 8 * <usize>slots;
    starts += 4 * <usize>slots;
    ends += 4 * <usize>slots;
    odds += <usize>slots;
    at = end + 1;
  }
  return row;
}

function scanStart(start: usize): usize {
  // A few stores: filling memory is a call.
  for (let slot: i32 = 0; slot < slots; slot++) store<i32>(starts + 4 * <usize>slot, -1);
  hasPassedOdd = 0;
  return scanPlace(load<u8>(start) <= SPACE ? skipSpace(start) : start, root, depth);
}

function scanPlace(start: usize, place: usize, levels: i32): usize {
  const slot = load<i32>(place, PLACE_SLOT);
  if (slot == NOTHING) return scanValue(start, place, levels);
  const oddBefore = hasPassedOdd;
  hasPassedOdd = 0;
  const end = scanValue(start, place, levels);
  if (slot >= 0) {
    store<i32>(starts + 4 * <usize>slot, <i32>(start - text));
    store<i32>(ends + 4 * <usize>slot, <i32>(end - text));
    store<u8>(odds + <usize>slot, hasPassedOdd);
    if (readsNumbers) store<f64>(numbers + 8 * <usize>slot, hasPassedOdd == 0 ? numberAt(start, end) : NaN);
  }
  hasPassedOdd |= oddBefore;
  return end;
}

function scanValue(at: usize, place: usize, levels: i32): usize {
  const byte: u32 = load<u8>(at);
  if (byte == QUOTE) return skipString(at + 1);
  if (byte <= NINE) return skipNumber(at);
  if (byte == OPEN_OBJECT) return scanObject(at, place, levels);
  if (byte == OPEN_ARRAY) return scanArray(at, place, levels);
  return skipWord(at);
}

function scanObject(start: usize, place: usize, levels: i32): usize {
  if (levels == 0) return REFUSED;
  let state = place;
  let at = start;
  while (true) {
    let link = load<usize>(state);
    while (link != 0 && !isAt(link, at)) link = load<usize>(link);
    if (link == 0) return REFUSED;
    at += load<usize>(link, LINK_LENGTH);
    hasPassedOdd |= load<i32>(link, LINK_ODD);
    const inner = load<usize>(link, LINK_PLACE);
    if (inner == 0) return at;
    state = link + LINK_THEN;
    let byte: u32 = load<u8>(at);
    if (byte <= SPACE) {
      at = skipSpace(at);
      byte = load<u8>(at);
    }
    if (load<i32>(inner, PLACE_SLOT) != NOTHING) at = scanPlace(at, inner, levels - 1);
    else if (byte == QUOTE) at = skipString(at + 1);
    else if (byte <= NINE) at = skipNumber(at);
    else at = scanValue(at, inner, levels - 1);
    if (at == REFUSED) return REFUSED;
  }
}

function scanArray(start: usize, place: usize, levels: i32): usize {
  if (levels == 0 || load<i32>(place, PLACE_WANTS_KEYS) != 0) return REFUSED;
  let at = start + 1;
  if (load<u8>(at) <= SPACE) at = skipSpace(at);
  if (load<u8>(at) == CLOSE_ARRAY) return at + 1;
  const elements = load<usize>(place, PLACE_ELEMENTS);
  if (elements == 0) return REFUSED;
  while (true) {
    at = scanValue(at, elements, levels - 1);
    if (at == REFUSED) return REFUSED;
    if (load<u8>(at) <= SPACE) at = skipSpace(at);
    const next: u32 = load<u8>(at);
    if (next == CLOSE_ARRAY) return at + 1;
    if (next != COMMA) return REFUSED;
    at += 1;
    if (load<u8>(at) <= SPACE) at = skipSpace(at);
  }
}

/** Whether the text has a link's literal here. What is behind the text's last newline may be compared, but is never equal. */
function isAt(link: usize, at: usize): bool {
  const mask = load<i32>(link, LINK_MASK);
  const same = i8x16.bitmask(i8x16.eq(v128.load(at), v128.load(link, LINK_TEXT)));
  if ((same & mask) != mask) return false;
  const length = load<usize>(link, LINK_LENGTH);
  return length <= 16 || isRestAt(link + LINK_TEXT, at, length);
}

/** Compares from the seventeenth byte on. */
function isRestAt(literal: usize, at: usize, length: usize): bool {
  let from: usize = 16;
  for (; from + 16 <= length; from += 16)
    if (i8x16.bitmask(i8x16.eq(v128.load(at + from), v128.load(literal + from))) != 0xffff) return false;
  for (; from < length; from++) if (load<u8>(at + from) != load<u8>(literal + from)) return false;
  return true;
}

/** @param from the position after the opening quote */
function skipString(from: usize): usize {
  let at = from;
  while (true) {
    const bytes = v128.load(at);
    const ends = i8x16.bitmask(
      v128.or(
        v128.or(i8x16.eq(bytes, i8x16.splat(<i8>QUOTE)), i8x16.eq(bytes, i8x16.splat(<i8>BACKSLASH))),
        i8x16.eq(i8x16.min_u(bytes, i8x16.splat(0x1f)), bytes),
      ),
    );
    if (ends == 0) {
      at += 16;
      continue;
    }
    at += <usize>ctz(ends);
    const byte: u32 = load<u8>(at);
    if (byte == QUOTE) return at + 1;
    if (byte != BACKSLASH) return REFUSED;
    at = skipEscape(at);
    if (at == REFUSED) return REFUSED;
  }
}

function skipEscape(backslash: usize): usize {
  const escaped: u32 = load<u8>(backslash, 1);
  switch (escaped) {
    // We print these short escapes, so they are not odd.
    case QUOTE:
    case BACKSLASH:
    case 0x62: // b
    case 0x66: // f
    case 0x6e: // n
    case 0x72: // r
    case 0x74: // t
      return backslash + 2;
    case SLASH:
      hasPassedOdd = 1;
      return backslash + 2;
    case LOWER_U:
      hasPassedOdd = 1;
      for (let digit: usize = 2; digit < 6; digit++) if (!isHex(load<u8>(backslash + digit))) return REFUSED;
      return backslash + 6;
    default:
      return REFUSED;
  }
}

function isHex(byte: u32): bool {
  return byte - ZERO <= 9 || (byte | 0x20) - 0x61 <= 5;
}

/** Skips `true`, `false` or `null`. */
function skipWord(at: usize): usize {
  const word = load<u32>(at);
  if (word == TRUE || word == NULL) return at + 4;
  return (word & 0xff) == LOWER_F && load<u32>(at, 1) == ALSE ? at + 5 : REFUSED;
}

function skipNumber(start: usize): usize {
  const values = i8x16.sub(v128.load(start), i8x16.splat(<i8>ZERO));
  /** Which of the sixteen bytes are no digits. */
  const others = ~i8x16.bitmask(i8x16.le_u(values, i8x16.splat(9)));
  const whole = ctz(others);
  const first: u32 = load<u8>(start);
  if (whole == 0 || (whole > 1 && first == ZERO)) return skipAnyNumber(start);
  let length = whole;
  if (load<u8>(start + <usize>whole) == POINT) {
    length = ctz(others & (others - 1));
    if (length > PLAIN_NUMBER_MAX || length == whole + 1) return skipAnyNumber(start);
    // Printing drops a trailing zero and switches to an exponent below 1e-6.
    if (load<u8>(start + <usize>length - 1) == ZERO) hasPassedOdd = 1;
    if (first == ZERO && load<u8>(start, 2) == ZERO && length - whole > SMALL_FRACTION_MAX) hasPassedOdd = 1;
  } else if (length > PLAIN_NUMBER_MAX) {
    return skipAnyNumber(start);
  }
  const end = start + <usize>length;
  return (load<u8>(end) | 0x20) == LOWER_E ? skipAnyNumber(start) : end;
}

/** For a number that is long, negative or has an exponent, or for none. */
function skipAnyNumber(start: usize): usize {
  const first = load<u8>(start) == MINUS ? start + 1 : start;
  let at = first;
  if (load<u8>(at) == ZERO) at += 1;
  else {
    at = skipDigits(at);
    if (at == first) return REFUSED;
  }
  let next: u32 = load<u8>(at);
  if (next == POINT) {
    const point = at;
    at = skipDigits(at + 1);
    if (at == point + 1) return REFUSED;
    next = load<u8>(at);
    // Printing drops a trailing zero and switches to an exponent below 1e-6.
    if (load<u8>(at - 1) == ZERO) hasPassedOdd = 1;
    if (load<u8>(first) == ZERO && load<u8>(point, 1) == ZERO && <i32>(at - point) > SMALL_FRACTION_MAX)
      hasPassedOdd = 1;
  } else if (first != start && load<u8>(first) == ZERO) {
    hasPassedOdd = 1;
  }
  if (<i32>(at - start) > PLAIN_NUMBER_MAX) hasPassedOdd = 1;
  if ((next | 0x20) != LOWER_E) return at;
  hasPassedOdd = 1;
  at += 1;
  const sign: u32 = load<u8>(at);
  if (sign == PLUS || sign == MINUS) at += 1;
  const end = skipDigits(at);
  return end == at ? REFUSED : end;
}

function skipDigits(start: usize): usize {
  let at = start;
  while (<u32>load<u8>(at) - ZERO <= 9) at += 1;
  return at;
}

/** Reads a number of at most fifteen digits, as plain-value.ts does; NaN if the value is none. */
function numberAt(start: usize, end: usize): f64 {
  let byte: u32 = load<u8>(start);
  if (byte - MINUS > NINE - MINUS) return NaN;
  let at = byte == MINUS ? start + 1 : start;
  let digits: i64 = 0;
  let power: f64 = 1;
  for (; at < end; at++) {
    byte = load<u8>(at);
    if (byte == POINT) break;
    digits = digits * 10 + <i64>(byte - ZERO);
  }
  // Both are exact, so that the division rounds once, as parsing the text does.
  for (at += 1; at < end; at++) {
    digits = digits * 10 + <i64>(load<u8>(at) - ZERO);
    power *= 10;
  }
  const number = <f64>digits / power;
  return load<u8>(start) == MINUS ? -number : number;
}

/** Skips white space inside a line. A newline ends the line, so it is not skipped. */
function skipSpace(start: usize): usize {
  let at = start;
  while (true) {
    const byte: u32 = load<u8>(at);
    if (byte != SPACE && byte != TAB && byte != CARRIAGE_RETURN) return at;
    hasPassedOdd = 1;
    at += 1;
  }
}
