import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { breakLines, kept, numbersIsolated, type Style } from '../../src/letters/text/lines.ts'

/** A paragraph as it is set: what, and in which style. */
export interface Setting {
  language: string
  text: string
  style: Style
}

/**
 * One line: its characters in the order they are read, and as they stand from left to right, without blanks,
 * controls and marks; points.
 */
interface SetLine {
  read: string
  seen: string
  width: number
}

export interface Disagreement {
  language: string
  line: number
  /** cut: in a paragraph with a word (a web address) wider than the line, which we cut without regard to kerning */
  what: 'breaks' | 'order' | 'width' | 'cut'
  ours: string
  chromium: string
}

const require = createRequire(import.meta.url)
/** The very files that letters are drawn with (src/letters/text/fonts.ts), each for the characters it claims. */
const files: [family: string, script: string][] = [
  ['noto-sans', 'latin'],
  ['noto-sans', 'latin-ext'],
  ['noto-sans-arabic', 'arabic'],
  ['noto-sans-hebrew', 'hebrew'],
]
const fontFaces = (): string =>
  files
    .flatMap(([family, script]) =>
      [400, 700].map((weight) => {
        const ranges = (require(`@fontsource/${family}/unicode.json`) as Record<string, string>)[
          script
        ]
        const data = readFileSync(
          require.resolve(`@fontsource/${family}/files/${family}-${script}-${weight}-normal.woff`),
        ).toString('base64')
        return `@font-face { font-family: Ours; font-weight: ${weight}; unicode-range: ${ranges}; src: url(data:font/woff;base64,${data}) }`
      }),
    )
    .join('\n')

const ignored = /[\s\u00a0\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\p{M}]/gu
/**
 * Letters' lines end at blanks only; Chromium also breaks after hyphens and slashes, a phone number too,
 * unless a word joiner forbids it.
 */
const joined = (text: string) => text.replace(/[-–—/?]|(?<=[a-z])\.(?=[a-z])/g, '$&\u2060')
const bare = (text: string) => text.replace(ignored, '')

function ourLines({ text, style }: Setting, more = 0): SetLine[] {
  return breakLines(text, { ...style, width: style.width + more }).map(({ pieces, width }) => {
    const seen = pieces
      .map((piece) => (piece.level % 2 === 1 ? [...piece.text].reverse().join('') : piece.text))
      .join('')
    return { read: bare([...seen].sort().join('')), seen: bare(seen), width }
  })
}

// What runs in the page sees its globals, which the program itself hasn't.
declare const document: {
  getElementById(id: string): { firstChild: { textContent: string | null } } | null
  createRange(): {
    setStart(node: object, at: number): void
    setEnd(node: object, at: number): void
    getClientRects(): Iterable<{ left: number; right: number; top: number; width: number }>
  }
  fonts: { ready: Promise<unknown> }
}

interface Place {
  sign: string
  left: number
  right: number
  top: number
}

/** Runs in the page: each paragraph's characters, and where Chromium has drawn them. */
function charactersOf(count: number): Place[][] {
  return Array.from({ length: count }, (_, id) => {
    const node = document.getElementById(String(id))!.firstChild
    const text = node.textContent ?? ''
    const found: Place[] = []
    for (let at = 0; at < text.length; at++) {
      const range = document.createRange()
      range.setStart(node, at)
      range.setEnd(node, at + 1)
      // beside a control sign there is an empty box as well
      const [box] = [...range.getClientRects()].sort((a, b) => b.width - a.width)
      if (box) found.push({ sign: text[at] ?? '', left: box.left, right: box.right, top: box.top })
    }
    return found
  })
}

const pixel = 72 / 96

/** @returns each setting's lines as Chromium breaks and orders them */
async function chromiumLines(page: Page, settings: Setting[]): Promise<SetLine[][]> {
  const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  const divs = settings.map(
    ({ text, style, language }, i) =>
      `<div id="${i}" lang="${language}" dir="${style.direction}" style="width:${style.width}pt;font:${style.bold ? 700 : 400} ${style.size}pt/1.4 Ours">${escaped(joined(numbersIsolated(kept(text.normalize('NFC')))))}</div>`,
  )
  await page.setContent(
    `<!doctype html><meta charset="utf-8"><style>${fontFaces()} div { margin: 0 0 20px; text-rendering: geometricPrecision; overflow-wrap: break-word }</style>${divs.join('\n')}`,
  )
  await page.evaluate(() => document.fonts.ready)
  const lines: SetLine[][] = []
  for (const places of await page.evaluate(charactersOf, settings.length)) {
    const byTop = Map.groupBy(
      places.filter(({ sign }) => sign !== '\n'),
      ({ top }) => Math.round(top / 8),
    )
    const tops = [...byTop.keys()].sort((a, b) => a - b)
    // two fonts on one line may stand some pixels apart
    const rows = tops.reduce<
      { top: number; signs: { sign: string; left: number; right: number }[] }[]
    >((all, top) => {
      const last = all.at(-1)
      if (last && top - last.top <= 1) last.signs.push(...byTop.get(top)!)
      else all.push({ top, signs: [...byTop.get(top)!] })
      return all
    }, [])
    lines.push(
      rows.map(({ signs }) => {
        const drawn = signs.filter(({ sign }) => bare(sign) !== '')
        // of a letter beside a control sign, Chromium says that the sign takes the room
        const wide = signs.filter(({ sign }) => sign.trim() !== '')
        const inOrder = [...drawn].sort((a, b) => a.left + a.right - b.left - b.right)
        return {
          read: [...drawn.map(({ sign }) => sign)].sort().join(''),
          seen: inOrder.map(({ sign }) => sign).join(''),
          width:
            (Math.max(...wide.map((s) => s.right)) - Math.min(...wide.map((s) => s.left))) * pixel,
        }
      }),
    )
  }
  return lines
}

/** Chromium counts in 64ths of a pixel: a line that is full to within this, in points, may take a word more or less. */
const rounding = 0.12

const hasCutWord = ({ text, style }: Setting) =>
  text
    .split(/\s/)
    .some((word) => (breakLines(word, { ...style, width: 1e6 })[0]?.width ?? 0) > style.width)

/**
 * Sets paragraphs with the letters' engine and with Chromium, with the same font files and widths, and
 * compares line for line: what stands on it, in which order from left to right, and how wide it is (to half a
 * point).
 */
export async function compareWithChromium(
  page: Page,
  settings: Setting[],
): Promise<{
  compared: Record<string, number>
  agreed: Record<string, number>
  disagreements: Disagreement[]
}> {
  const theirs = await chromiumLines(page, settings)
  const [compared, agreed]: [Record<string, number>, Record<string, number>] = [{}, {}]
  const disagreements: Disagreement[] = []
  settings.forEach((setting, i) => {
    const other = theirs[i] ?? []
    const breaksAsTheirs = (lines: SetLine[]) =>
      lines.map((line) => line.read).join() === other.map((line) => line.read).join()
    const ours =
      [0, rounding, -rounding].map((more) => ourLines(setting, more)).find(breaksAsTheirs) ??
      ourLines(setting)
    const cut = hasCutWord(setting)
    const { language } = setting
    for (let line = 0; line < Math.max(ours.length, other.length); line++) {
      const [a, b] = [ours[line], other[line]]
      compared[language] = (compared[language] ?? 0) + 1
      const what =
        a?.read !== b?.read
          ? 'breaks'
          : a?.seen !== b?.seen
            ? 'order'
            : Math.abs(a!.width - b!.width) > 0.5
              ? 'width'
              : undefined
      if (what === undefined) agreed[language] = (agreed[language] ?? 0) + 1
      else
        disagreements.push({
          language,
          line,
          what: cut ? 'cut' : what,
          ours: what === 'width' ? String(a?.width) : (a?.seen ?? ''),
          chromium: what === 'width' ? String(b?.width) : (b?.seen ?? ''),
        })
    }
  })
  return { compared, agreed, disagreements }
}
