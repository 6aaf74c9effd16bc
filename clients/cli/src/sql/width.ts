/** How many columns of a terminal a text takes. Works on code points, as psql does. */

/**
 * East Asian wide and full-width characters outside of the emoji (Unicode, EastAsianWidth.txt), as inclusive ranges;
 * blocks whose gaps are unassigned are taken whole.
 */
const wideRanges: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f], // Hangul Jamo, leading consonants
  [0x2329, 0x232a],
  [0x2e80, 0x303e], // CJK radicals to CJK punctuation
  [0x3041, 0x3247], // kana, Bopomofo, Hangul compatibility, enclosed CJK
  [0x3250, 0x4dbf],
  [0x4e00, 0xa4cf], // CJK ideographs, Yi
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3], // Hangul syllables
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60], // full-width forms
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18aff], // Tangut, Khitan
  [0x1aff0, 0x1b2fb], // kana extensions, Nushu
  [0x1f200, 0x1f265],
  [0x20000, 0x2fffd],
  [0x30000, 0x3fffd],
];

const zeroWidth = /^[\p{Mn}\p{Me}\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]$/u;
const emoji = /^\p{Emoji_Presentation}$/u;

function characterWidth(character: string): number {
  const codePoint = character.codePointAt(0)!;
  if (codePoint < 0x300) return 1;
  if (zeroWidth.test(character)) return 0;
  if (emoji.test(character)) return 2;
  return wideRanges.some(([first, last]) => codePoint >= first && codePoint <= last) ? 2 : 1;
}

export function displayWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

const TAB = 8;

/**
 * The lines of a cell: tabs become spaces, other control characters are spelt out, so that no value can move the cursor or
 * talk to the terminal.
 */
export function displayLines(text: string): string[] {
  if (/^[\x20-\x7e]*$/.test(text)) return [text];
  return text.split('\n').map((line) => {
    let shown = '';
    for (const character of line) shown += spellOut(character, shown);
    return shown;
  });
}

function spellOut(character: string, before: string): string {
  const codePoint = character.codePointAt(0)!;
  if (character === '\t') return ' '.repeat(TAB - (displayWidth(before) % TAB));
  if (character === '\r') return '\\r';
  if (codePoint < 0x20 || codePoint === 0x7f) return `\\x${codePoint.toString(16).toUpperCase().padStart(2, '0')}`;
  if (codePoint >= 0x80 && codePoint < 0xa0) return `\\u${codePoint.toString(16).toUpperCase().padStart(4, '0')}`;
  return character;
}
