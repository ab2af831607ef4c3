import { faceOf } from '../text/fonts.ts'
import { num } from './text-operators.ts'

/**
 * Words as shapes instead of text: operators that make a path in thousandths of an em, y upwards, from the
 * pen at 0. Neither a font nor text that could be copied comes with them.
 * @returns width in thousandths
 */
export function outlined(text: string, bold: boolean): { ops: string; width: number } {
  let ops = ''
  let pen = 0
  for (const character of text) {
    const { font } = faceOf(character.codePointAt(0) ?? 0, bold)
    const glyph = font.nominalGlyph(character.codePointAt(0) ?? 0) ?? 0
    let at: [number, number] = [0, 0]
    const place = (x: number, y: number) => `${num(pen + x)} ${num(y)}`
    for (const {
      type,
      values: [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0],
    } of font.glyphToJson(glyph)) {
      if (type === 'Z') ops += 'h\n'
      else if (type === 'M' || type === 'L') ops += `${place(a, b)} ${type.toLowerCase()}\n`
      // PDF knows cubic curves only
      else if (type === 'Q')
        ops += `${place(at[0] + (2 / 3) * (a - at[0]), at[1] + (2 / 3) * (b - at[1]))} ${place(c + (2 / 3) * (a - c), d + (2 / 3) * (b - d))} ${place(c, d)} c\n`
      else ops += `${place(a, b)} ${place(c, d)} ${place(e, f)} c\n`
      at = type === 'Q' ? [c, d] : type === 'C' ? [e, f] : [a, b]
    }
    pen += font.glyphHAdvance(glyph)
  }
  return { ops, width: pen }
}
