import { parse } from 'csv-parse'
import { Readable } from 'node:stream'
import { z } from 'zod'
import { messageOf, Refused } from '../../errors.ts'
import { readLine } from '../../people/contact.ts'
import { isSaneTime } from '../../people/dates.ts'
import {
  csvOptions,
  hasColumns,
  isSepLine,
  linesOf,
  textOf,
  type SourceFile,
} from '../../people/import/source-file.ts'
import { receivedLine } from '../../received.ts'

/** What happens to a letter at the supplier, in the order it happens; returned: the post brought it back. */
export const letterEvents = ['printed', 'inserted', 'posted', 'damaged', 'returned'] as const
export const returnReasons = [
  'unknown',
  'moved',
  'deceased',
  'incomplete-address',
  'refused',
  'not-collected',
  'other',
] as const

const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' || value === null ? undefined : value), schema.optional())
const sha256 = optional(z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits'))
const batch = z.string().min(1).max(121)
const letterLine = z.object({
  batch,
  id: z.string().min(1).max(64),
  event: z.enum(letterEvents),
  at: z.iso
    .datetime({
      offset: true,
      message: 'must be a time with its zone: 2021-03-11T14:05:00+01:00',
    })
    .refine((text) => isSaneTime(new Date(text)), 'has a year that can not be meant'),
  copies: optional(z.coerce.number().int().min(1).max(1000)),
  sha256,
  reason: optional(z.enum(returnReasons)),
})
const totalLine = z.object({
  batch,
  event: z.literal('total'),
  copies: z.coerce
    .number()
    .int()
    .min(0)
    .max(2 ** 31 - 1),
  sha256,
})

export type ReceiptLine = { line: number; batch: string } & (
  | {
      event: (typeof letterEvents)[number]
      id: string
      at: string
      copies: number
      sha256?: string | undefined
      reason?: string | undefined
    }
  /**
   * closes a batch: how many lines above are the batch's, and the hash of its letter lines in the manifest said back
   */
  | { event: 'total'; copies: number; sha256?: string | undefined }
)

/**
 * Reads a receipt (docs/integrator/reconcile.md): CSV, or JSON with one object a line, as the file turns out to be.
 * @throws Refused bad-receipt naming up to five lines, truncated-receipt when it ends in the middle of a line
 */
export async function* readReceipt(file: SourceFile): AsyncGenerator<ReceiptLine> {
  const bad: string[] = []
  for await (const { line, data } of file.format === 'csv' ? csvRows(file) : jsonRows(file)) {
    const total = (data as { event?: unknown } | null)?.event === 'total'
    const read = (total ? totalLine : letterLine).safeParse(data)
    if (read.success)
      yield {
        line,
        ...('id' in read.data ? { ...read.data, copies: read.data.copies ?? 1 } : read.data),
      }
    else if (
      bad.push(
        `line ${line}: ${read.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; ')}`,
      ) === 5
    )
      break
  }
  if (bad.length)
    throw new Refused(
      'bad-receipt',
      `${file.path} can't be used; nothing was recorded.\n  ${bad.join('\n  ')}\nAsk the supplier for a ` +
        'whole file in the agreed form (docs/integrator/reconcile.md).',
      { lines: bad },
    )
}

async function* csvRows(file: SourceFile): AsyncGenerator<{ line: number; data: unknown }> {
  const rows = Readable.from(textOf(file))
  const parser = parse({ ...csvOptions(file.delimiter), info: true })
  rows.on('error', (error) => parser.destroy(error)).pipe(parser)
  let header: string[] | undefined
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: string[]
      info: { lines: number }
    }>) {
      if (!header) {
        if (!isSepLine(record)) header = record.map((name) => readLine(name).toLowerCase())
        continue
      }
      if (!hasColumns(record, header.length))
        throw cutOff(
          file,
          `line ${info.lines} has ${record.length} columns, the header ${header.length}`,
        )
      if (file.hasNul && record.some((value) => value.includes('\0')))
        throw cutOff(file, `line ${info.lines} holds a NUL byte`)
      const values = header.map((name, at) => [name, record[at]!.trim()] as const)
      yield { line: info.lines, data: Object.fromEntries(values) }
    }
  } catch (error) {
    throw error instanceof Refused ? error : cutOff(file, messageOf(error))
  } finally {
    rows.destroy()
  }
}

async function* jsonRows(file: SourceFile): AsyncGenerator<{ line: number; data: unknown }> {
  for await (const { line, text } of linesOf(file)) {
    if (text.trim() === '') continue
    const read = receivedLine(text)
    if (read.code) throw cutOff(file, `line ${line}: ${read.message}`)
    yield { line, data: read.value }
  }
}

const cutOff = (file: SourceFile, what: string): Refused =>
  new Refused(
    'truncated-receipt',
    `${file.path} is cut off or damaged (${what}). Nothing was recorded: ask the supplier for the whole file.`,
  )
