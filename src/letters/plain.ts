import { faceOf, type Face } from './faces.ts'
import { kept, type Style } from './lines.ts'
import { num } from './ops.ts'
import { Recent } from './recent.ts'
import { shapeRun, type Run } from './shape.ts'

/** A word all of one face, drawn with one uninterrupted string. */
interface Word {
  run: Run
  /** what stands within the string's brackets () of a TJ operator */
  inner: string
  length: number
}

// Latin with its accented letters: nothing that joins, stacks or runs the other way.
const easy = /^[\x20-\x7e\xa0-\u024f\u2010-\u2027\u20ac]*$/
const words = { regular: new Recent<string, Word | false>(4_000), bold: new Recent<string, Word | false>(4_000) }

function wordOf(text: string, bold: boolean): Word | false {
  const face: Face = faceOf(text.charCodeAt(0) === 0xa0 ? 0x20 : text.charCodeAt(0), bold)
  for (let i = 1; i < text.length; i++) if (faceOf(text.charCodeAt(i) === 0xa0 ? 0x20 : text.charCodeAt(i), bold) !== face) return false
  const run = shapeRun(text.replaceAll('\u00a0', ' '), face, false)
  const { shown } = run
  return shown?.startsWith('(') && shown.endsWith(')') && run.unlisted.length === 0 ? { run, inner: shown.slice(1, -1), length: text.length } : false
}

/**
 * The quick way for the commonest text: breaks a paragraph of Latin letters in one face into lines, word by word from the table of words.
 * Lines come out as `breakLines` and `lineOps` make them; a test compares the two.
 * @returns undefined when the text needs the whole way
 */
export function plainLines(said: string, style: Style): { lines: { width: number; ops: string }[]; face: Face } | undefined {
  if (style.direction !== 'ltr' || !easy.test(said) || said === '') return undefined
  const text = kept(said.normalize('NFC'))
  const known = style.bold ? words.bold : words.regular
  const { size } = style
  const scale = size / 1000
  const lines: { width: number; ops: string }[] = []
  let face: Face | undefined
  let space: Word | undefined
  let inner = ''
  let width = 0
  let length = 0
  const close = () => {
    lines.push({ width, ops: `/${face?.name} ${num(size)} Tf [(${inner})]TJ ` })
    inner = ''
    width = 0
    length = 0
  }
  for (let start = 0, end: number; start <= text.length; start = end + 1) {
    end = text.indexOf(' ', start)
    if (end < 0) end = text.length
    if (end === start) return undefined // spaces at an edge or side by side
    const said = text.slice(start, end)
    let word = known.get(said)
    if (word === undefined) word = known.set(said, wordOf(said, style.bold))
    if (word === false) return undefined
    if (!space) {
      face = word.run.face
      const made = wordOf(' ', style.bold)
      if (made === false || made.run.face !== face) return undefined
      space = made
    } else if (word.run.face !== face) return undefined
    const wide = word.run.width * scale
    if (wide > style.width) return undefined
    if (inner !== '') {
      const gap = space.run.width * scale
      if (width + gap + wide > style.width || (style.lineLength !== undefined && length + 1 + word.length > style.lineLength)) close()
      else {
        inner += space.inner
        width += gap
        length += 1
      }
    }
    inner += word.inner
    width += wide
    length += word.length
  }
  close()
  return face && { lines, face }
}
