import { Option } from 'commander'
import { rename, writeFile } from 'node:fs/promises'
import type { App } from '../app.ts'
import { Refused } from '../errors.ts'

export interface PaperOptions {
  format: string
  out?: string
}

/** --format with pdf beside what the command gave before. @param others the first is the default */
export const paperFormat = (...others: [string, ...string[]]): Option =>
  new Option('--format <format>', 'pdf: a paper to print or to send on')
    .choices([...others, 'pdf'])
    .default(others[0])

/** Where the paper goes; undefined: another format is asked for. @throws Refused `no-out-file` */
export function paperFile({ format, out }: PaperOptions): string | undefined {
  if (format !== 'pdf') return undefined
  if (out === undefined)
    throw new Refused('no-out-file', 'Say which file the PDF goes to: --out FILE.pdf')
  return out
}

/** What a paper says of itself. @param by who makes it */
export const imprintOf = ({ config, clock }: Pick<App, 'config' | 'clock'>, by?: string) => ({
  region: config.REGION_NAME,
  printedAt: clock.now(),
  printedBy: by,
})

/** Writes a paper for its owner's eyes only; the file appears whole or not at all. */
export async function writePaper(file: string, pdf: Buffer): Promise<void> {
  await writeFile(`${file}.tmp`, pdf, { mode: 0o600 })
  await rename(`${file}.tmp`, file)
}
