import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { Refused } from '../../src/errors.ts'
import { layOut } from '../../src/letters/layout.ts'
import { checkedLetter } from '../../src/letters/letter.ts'
import { a4, points, standardSheet, type Sheet } from '../../src/letters/paper.ts'
import { addressLines, type Address } from '../../src/people/address.ts'
import { sampleLetter } from './sample-letters.ts'

const word = fc
  .string({
    unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyzåäöéüøßŁčşØ'),
    minLength: 1,
    maxLength: 14,
  })
  .map((w) => w.charAt(0).toUpperCase() + w.slice(1))
const words = (most: number) =>
  fc.array(word, { minLength: 1, maxLength: most }).map((parts) => parts.join(' '))
const number = fc.integer({ min: 1, max: 400 })
const street = fc.oneof(
  fc.tuple(words(2), number).map(([name, n]) => `${name} ${n}`),
  fc
    .tuple(words(2), number, fc.integer({ min: 1001, max: 1999 }))
    .map(([name, n, flat]) => `${name} ${n} lgh ${flat}`),
  number.map((n) => `Box ${n}`),
  words(4),
)
const postcode = fc.integer({ min: 10000, max: 99999 }).map(String)
const address: fc.Arbitrary<Address> = fc.oneof(
  fc.record({ street, postcode, town: words(2) }),
  fc.record({ careOf: words(3), street, postcode, town: words(2) }),
  fc.record({
    careOf: words(3),
    street,
    postcode: fc.constantFrom('0155', '10827', '00100'),
    town: words(2),
    country: fc.constantFrom(
      'NO',
      'DE',
      'Finland',
      'Bosnia & Herzegovina',
      'Sankt Vincent och Grenadinerna',
    ),
  }),
)

/** Where the ink of the address's lines stands, in points from the paper's top left. */
function inWindow(
  lines: string[],
  sheet: Sheet,
): { said: string; lines: number; left: number; right: number; top: number; bottom: number }[] {
  const letter = checkedLetter(
    sampleLetter('invitation-timed', 'sv', { addressLines: lines, sheet }),
  )
  const [first] = layOut(letter).pages
  return first!.flatMap((stamp) =>
    stamp.text && (lines.includes(stamp.text.said) || stamp.text.said.startsWith('Returadress'))
      ? [
          {
            said: stamp.text.said,
            lines: stamp.text.widths.length,
            left: stamp.x / 100,
            right: stamp.x / 100 + Math.max(...stamp.text.widths),
            top: a4[1] - stamp.y / 100 - 0.8 * stamp.text.style.size,
            bottom: a4[1] - stamp.y / 100 + 0.25 * stamp.text.style.size,
          },
        ]
      : [],
  )
}

describe('an address that the check has no error for', () => {
  it('stands in the window whole, in order, straight at the left, each line on one line, or is refused', () => {
    const other: Sheet = { window: { left: 95, right: 180, top: 50, bottom: 82 }, margin: 20 }
    fc.assert(
      fc.property(
        words(4),
        address,
        fc.constantFrom(standardSheet, other),
        (name, given, sheet) => {
          const { window } = sheet
          const { lines, findings } = addressLines(name, given)
          fc.pre(findings.every(({ severity }) => severity !== 'error'))
          let placed: ReturnType<typeof inWindow>
          try {
            placed = inWindow(lines, sheet)
          } catch (error) {
            expect(error).toBeInstanceOf(Refused)
            expect(['address-too-wide', 'missing-glyph']).toContain((error as Refused).code)
            return
          }
          const block = placed.filter(({ said }) => !said.startsWith('Returadress'))
          expect(block.map(({ said }) => said)).toEqual(lines)
          for (const { left, right, top, bottom, lines: count } of placed) {
            expect(count).toBe(1)
            expect(left).toBeGreaterThanOrEqual(points(window.left))
            expect(right).toBeLessThanOrEqual(points(window.right))
            expect(top).toBeGreaterThanOrEqual(points(window.top))
            expect(bottom).toBeLessThanOrEqual(points(window.bottom))
          }
          expect(new Set(block.map(({ left }) => left)).size).toBe(1)
          expect(block.map(({ top }) => top)).toEqual(
            block.map(({ top }) => top).toSorted((a, b) => a - b),
          )
          const swedish = !given.country
          if (swedish) expect(lines.at(-1)).toMatch(/^[1-9]\d{2} \d{2} \S/)
          else expect(lines.at(-1)).toBe(lines.at(-1)!.toLocaleUpperCase('sv'))
        },
      ),
      { numRuns: 200 },
    )
  })
})
