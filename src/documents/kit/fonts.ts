import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

export type Weight = 'regular' | 'semibold' | 'bold'

/** What of a pdfkit document this file uses. `_font` is not in its types: it is the font that was set last. */
interface FontUser {
  registerFont(name: string, source: Buffer): unknown
  font(name: string): unknown
}
interface WithFont {
  _font: { font: { hasGlyphForCodePoint(codePoint: number): boolean } }
}

const require = createRequire(import.meta.url)
const folder = '@expo-google-fonts/noto-sans'
const paths: Record<Weight, string> = {
  regular: `${folder}/400Regular/NotoSans_400Regular.ttf`,
  semibold: `${folder}/600SemiBold/NotoSans_600SemiBold.ttf`,
  bold: `${folder}/700Bold/NotoSans_700Bold.ttf`,
}
const files = new Map<Weight, Buffer>()

function fileOf(weight: Weight): Buffer {
  const known = files.get(weight)
  if (known) return known
  const file = readFileSync(require.resolve(paths[weight]))
  files.set(weight, file)
  return file
}

/**
 * Noto Sans in three weights; pdfkit opens one when it is first used and embeds only the letters that the paper has.
 */
export function addFonts(doc: FontUser): void {
  for (const weight of Object.keys(paths) as Weight[]) doc.registerFont(weight, fileOf(weight))
}

const unknownLetter = '\ufffd'

/**
 * A text as the font can draw it: composed letters, no control characters, and � for a letter that the font does not
 * have. A list must come out whole even if one name has such a letter; `missed` is told, so that the paper can say
 * so.
 */
export function drawable(doc: FontUser, text: string, missed: () => void): string {
  doc.font('regular')
  const { font } = (doc as unknown as WithFont)._font
  // Tabs become spaces; control characters, soft hyphens and marks of direction draw nothing.
  const clean = text.normalize('NFC').replace(/\t/g, ' ')
  return Array.from(
    clean.replace(/(?!\n)[\p{Cc}\u00ad\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu, ''),
  )
    .map((letter) => {
      if (letter === '\n' || font.hasGlyphForCodePoint(letter.codePointAt(0)!)) return letter
      missed()
      return unknownLetter
    })
    .join('')
}
