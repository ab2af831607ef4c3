import { describe, expect, it } from '@jest/globals'
import { readdir, readFile } from 'node:fs/promises'
import { checkedLetter, type Letter } from '../../src/letters/letter.ts'
import { points } from '../../src/letters/paper.ts'
import { writeLetter } from '../../src/letters/pdf/letter-file.ts'
import { createdAt, differing, drawn, folder, fromPng, letters } from './pages/compare.ts'

const files = await readdir(folder)
const stored = (name: string) =>
  Promise.all(
    files
      .filter((file) => file.startsWith(`${name}-`) && /^-\d+\.png$/.test(file.slice(name.length)))
      .sort()
      .map(async (file) => fromPng(await readFile(`${folder}${file}`))),
  )
/** Stray dots of a line at the edge of a dot; the dot of an i is four or five. */
const allowed = 2

describe('pages look as they did (node test/letters/renew-pages.ts draws them anew)', () => {
  it.each(Object.keys(letters))('%s', async (name) => {
    const { pages, text } = await drawn(letters[name]!)
    const before = await stored(name)
    expect(pages.length).toBe(before.length)
    pages.forEach((page, i) =>
      expect({
        page: i + 1,
        differing: Math.max(0, differing(page, before[i]!) - allowed),
      }).toEqual({ page: i + 1, differing: 0 }),
    )
    expect(text).toBe(await readFile(`${folder}${name}.txt`, 'utf8'))
  })
})

describe('the comparison', () => {
  const moved = (millimetres: number) => {
    const letter = letters['sv-one-page']!
    const by = points(millimetres)
    // what stands on the page is drawn after the axes were moved
    return drawn(
      letter,
      writeLetter(checkedLetter(letter), createdAt, () => ({
        under: `Q EMC 1 0 0 1 ${by} ${-by} cm /Artifact BMC q\n`,
        over: '',
      })),
    )
  }

  it('sees a page moved by 2 mm, even by 1 mm, and overlooks 0.02 mm', async () => {
    const [before] = await stored('sv-one-page')
    for (const [millimetres, seen] of [
      [2, true],
      [1, true],
      [0.02, false],
    ] as const) {
      const { pages } = await moved(millimetres)
      expect({ millimetres, seen: differing(pages[0]!, before!) > allowed }).toEqual({
        millimetres,
        seen,
      })
    }
  })

  it.each([
    ['sv', 'legitimation', 'legıtimation'], // the dot of an i
    ['sv', 'Behöver', 'Behover'],
    ['sv-one-page', '9.30', '9.3'],
    ['sv', 'Besöket', 'Beöket'],
    ['ar', 'الزيارة', 'الريارة'], // the dot of a zain
    ['fa', 'تماس', 'مماس'],
    ['th', 'นัดหมาย', 'นดหมาย'], // a vowel above
    ['ti', 'ደውሉ', 'ደውል'],
    ['yi', 'אַ ', 'א '], // a vowel below
  ])('%s: sees that %s has become %s', async (name, from, to) => {
    const letter = letters[name]!
    const json = JSON.stringify(letter)
    expect(json).toContain(from)
    const { pages } = await drawn(JSON.parse(json.replace(from, to)) as Letter)
    const before = await stored(name)
    expect(Math.max(...pages.map((page, i) => differing(page, before[i]!)))).toBeGreaterThan(
      allowed,
    )
  })

  it('sees in the text what is too small a difference in the picture: a Persian three for a two', async () => {
    const { text } = await drawn(
      JSON.parse(JSON.stringify(letters['fa']).replace('۹:۳۰', '۹:۲۰')) as Letter,
    )
    expect(text).not.toBe(await readFile(`${folder}fa.txt`, 'utf8'))
  })
})
