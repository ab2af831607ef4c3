import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import chromium from '@sparticuz/chromium'
import { chromium as playwright, type Browser, type Page } from 'playwright-core'

/**
 * A real Chromium without a window; it comes with a package, so nothing needs to be installed. CHROMIUM: another one.
 */
export async function openBrowser(): Promise<Browser> {
  const own = process.env['CHROMIUM']
  const executablePath = own && existsSync(own) ? own : await chromium.executablePath()
  return playwright.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--headless=shell'],
  })
}

const axeSource = await readFile(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8',
)

interface AxeResults {
  violations: { id: string; help: string; nodes: { target: string[]; failureSummary: string }[] }[]
  passes: unknown[]
}

/** What axe finds wrong with a page by WCAG 2.1 A and AA, one line a place; [] is what is wanted. */
export async function wcagFaults(page: Page): Promise<string[]> {
  await page.waitForLoadState('load') // a page that is still being replaced has no document to look at
  // Our pages allow no script (Content-Security-Policy): axe comes in beside it, through the debugger.
  await page.evaluate(axeSource)
  const results = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(options: object): Promise<AxeResults> } }
    return axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] })
  })
  if (results.passes.length < 10)
    throw new Error(`axe looked at next to nothing: ${results.passes.length} rules passed`)
  return results.violations.flatMap((v) =>
    v.nodes.map((node) => `${v.id}: ${v.help} (${node.target.join(' ')})`),
  )
}
