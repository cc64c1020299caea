/** Which bytes a text can hold, by byte value. */
export type Alphabet = readonly boolean[];

const anyByte: Alphabet = new Array<boolean>(256).fill(true);
const upper = range(0x41, 0x5a);
const lower = range(0x61, 0x7a);
const digits = range(0x30, 0x39);
const space = setOf([0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x20]);

/** Bytes that can be in a value after these transformations, whatever was in it before. */
export function alphabetAfter(transformations: readonly string[]): Alphabet {
  return transformations.reduce(after, anyByte);
}

function after(alphabet: Alphabet, transformation: string): Alphabet {
  switch (transformation) {
    case "lowercase":
      return folded(alphabet, upper, 0x20);
    case "uppercase":
      return folded(alphabet, lower, -0x20);
    case "length":
      return digits;
    case "hexencode":
      return either(digits, range(0x61, 0x66));
    case "removewhitespace":
      return without(alphabet, space);
    case "removenulls":
      return without(alphabet, setOf([0]));
    case "compresswhitespace":
      return alphabet.map((has, byte) => has && (byte === 0x20 || space[byte] !== true));
    case "trim":
    case "trimleft":
    case "trimright":
    case "none":
      return alphabet;
    default:
      return anyByte;
  }
}

/** The digits of numbers, which counts and lengths consist of. */
export const numberAlphabet: Alphabet = digits;

function range(from: number, to: number): Alphabet {
  return anyByte.map((_, byte) => byte >= from && byte <= to);
}

function setOf(bytes: readonly number[]): Alphabet {
  return anyByte.map((_, byte) => bytes.includes(byte));
}

function either(a: Alphabet, b: Alphabet): Alphabet {
  return a.map((has, byte) => has || b[byte] === true);
}

function without(a: Alphabet, b: Alphabet): Alphabet {
  return a.map((has, byte) => has && b[byte] !== true);
}

function folded(alphabet: Alphabet, letters: Alphabet, shift: number): Alphabet {
  return alphabet.map((has, byte) => {
    if (letters[byte] === true) return false;
    const other = byte - shift;
    return has || (letters[other] === true && alphabet[other] === true);
  });
}
