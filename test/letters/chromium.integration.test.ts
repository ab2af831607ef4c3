import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Browser } from 'playwright-core'
import { compareWithChromium } from '../../bench/letters/chromium-lines.ts'
import { chromiumSamples } from '../../bench/letters/chromium-samples.ts'
import { openBrowser } from '../web/support/browser.ts'

let browser: Browser
beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser.close())

describe("right-to-left lines beside Chromium's, with the same font files and widths", () => {
  // Dates, times, phones, codes and addresses stand in the samples; bench/letters/checks.ts says how many lines agree.
  it.each(['ar', 'fa', 'prs', 'ckb', 'yi'])(
    '%s: the same words on each line, in the same order, as wide',
    async (language) => {
      const page = await browser.newPage()
      const { compared, disagreements } = await compareWithChromium(
        page,
        chromiumSamples([language]),
      )
      await page.close()
      expect(compared[language]).toBeGreaterThan(300)
      expect(disagreements.filter(({ what }) => what !== 'cut')).toEqual([])
      // a web address wider than the line is cut a letter earlier or later
      expect(disagreements.length).toBeLessThan(compared[language]! * 0.02)
    },
    120_000,
  )
})
