/** Sets of more bytes than this are not listed. */
const FEW = 6;
/** The words of upper-case and lower-case letters, and the bits of those. */
const UPPER = 2;
const LOWER = 3;
const LETTERS = 0x07ff_fffe;

/** A set of byte values. Immutable once it is part of a pattern. */
export class ByteSet {
  readonly words: Uint32Array = new Uint32Array(8);
  #lower: readonly string[] | null | undefined;

  static of(...bytes: readonly number[]): ByteSet {
    const set = new ByteSet();
    for (const byte of bytes) set.add(byte);
    return set;
  }

  static range(from: number, to: number): ByteSet {
    return new ByteSet().addRange(from, to);
  }

  add(byte: number): this {
    this.words[byte >> 5]! |= 1 << (byte & 31);
    return this;
  }

  addRange(from: number, to: number): this {
    for (let word = from >> 5; word <= to >> 5; word++) {
      const low = Math.max(from - word * 32, 0);
      const high = Math.min(to - word * 32, 31);
      if (low <= high) this.words[word]! |= (-1 << low) & (-1 >>> (31 - high));
    }
    return this;
  }

  addAll(other: ByteSet): this {
    for (let at = 0; at < 8; at++) this.words[at]! |= other.words[at]!;
    return this;
  }

  /** The bytes that are in both. */
  and(other: ByteSet): ByteSet {
    const set = new ByteSet();
    for (let at = 0; at < 8; at++) set.words[at] = this.words[at]! & other.words[at]!;
    return set;
  }

  has(byte: number): boolean {
    return (this.words[byte >> 5]! & (1 << (byte & 31))) !== 0;
  }

  negated(): ByteSet {
    const set = new ByteSet();
    for (let at = 0; at < 8; at++) set.words[at] = ~this.words[at]!;
    return set;
  }

  /** With the other case of every ASCII letter in it. */
  folded(): ByteSet {
    const set = new ByteSet().addAll(this);
    const letters = (this.words[UPPER]! | this.words[LOWER]!) & LETTERS;
    set.words[UPPER]! |= letters;
    set.words[LOWER]! |= letters;
    return set;
  }

  get size(): number {
    let size = 0;
    for (let at = 0; at < 8; at++) for (let word = this.words[at]!; word !== 0; word &= word - 1) size++;
    return size;
  }

  /** True when both have a byte. */
  meets(other: ByteSet): boolean {
    for (let at = 0; at < 8; at++) if ((this.words[at]! & other.words[at]!) !== 0) return true;
    return false;
  }

  get isEmpty(): boolean {
    return this.words.every((word) => word === 0);
  }

  /** Members in order. */
  bytes(): number[] {
    const bytes: number[] = [];
    for (let at = 0; at < 8; at++) {
      for (let word = this.words[at]!; word !== 0; word &= word - 1)
        bytes.push(at * 32 + 31 - Math.clz32(word & -word));
    }
    return bytes;
  }

  /** The members in lower case, each once; undefined when they are more than a few. Made once. */
  get lower(): readonly string[] | undefined {
    if (this.#lower === undefined) this.#lower = this.#listLower();
    return this.#lower ?? undefined;
  }

  #listLower(): readonly string[] | null {
    if (this.size > 2 * FEW) return null;
    const lower: string[] = [];
    for (const byte of this.bytes()) {
      const unit = String.fromCharCode(byte >= 0x41 && byte <= 0x5a ? byte + 32 : byte);
      if (lower.includes(unit)) continue;
      if (lower.length === FEW) return null;
      lower.push(unit);
    }
    return lower;
  }

  /** Equal sets have equal keys. */
  get key(): string {
    return this.words.join();
  }
}

/** `\d`. */
export const digits: ByteSet = ByteSet.range(0x30, 0x39);
/** `\w`, ASCII as in RE2 and in PCRE without UCP. */
export const wordBytes: ByteSet = ByteSet.of(0x5f).addRange(0x30, 0x39).addRange(0x41, 0x5a).addRange(0x61, 0x7a);
/** `\s`: TAB, LF, VT, FF, CR, blank. PCRE has VT, RE2 has not; a defender wants it. */
export const spaceBytes: ByteSet = ByteSet.of(0x20).addRange(0x09, 0x0d);
/** `\h`: TAB, blank, and the no-break space of Latin-1, as PCRE has it. */
export const horizontalSpace: ByteSet = ByteSet.of(0x09, 0x20, 0xa0);

/** POSIX classes by name, ASCII. */
export const posixClasses: ReadonlyMap<string, ByteSet> = new Map([
  ["alnum", ByteSet.range(0x30, 0x39).addRange(0x41, 0x5a).addRange(0x61, 0x7a)],
  ["alpha", ByteSet.range(0x41, 0x5a).addRange(0x61, 0x7a)],
  ["ascii", ByteSet.range(0x00, 0x7f)],
  ["blank", ByteSet.of(0x09, 0x20)],
  ["cntrl", ByteSet.of(0x7f).addRange(0x00, 0x1f)],
  ["digit", digits],
  ["graph", ByteSet.range(0x21, 0x7e)],
  ["lower", ByteSet.range(0x61, 0x7a)],
  ["print", ByteSet.range(0x20, 0x7e)],
  ["punct", ByteSet.range(0x21, 0x2f).addRange(0x3a, 0x40).addRange(0x5b, 0x60).addRange(0x7b, 0x7e)],
  ["space", spaceBytes],
  ["upper", ByteSet.range(0x41, 0x5a)],
  ["word", wordBytes],
  ["xdigit", ByteSet.range(0x30, 0x39).addRange(0x41, 0x46).addRange(0x61, 0x66)],
]);
