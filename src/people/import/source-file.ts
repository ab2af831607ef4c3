import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { messageOf, Refused } from '../../errors.ts'

/** What a look through a whole file found, before a row of it is used. */
export interface SourceFile {
  path: string
  bytes: number
  sha256: string
  format: 'csv' | 'ndjson' | 'xml'
  encoding: 'utf-8' | 'windows-1252'
  delimiter: ',' | ';' | '\t'
  hasNul: boolean
  /** the last character is half: the file was cut in the middle of it */
  endsInCharacter: boolean
  endsWithNewline: boolean
}

/**
 * Reads the file once from end to end, a block at a time: only so is it known to be UTF-8, since the first å
 * may come after a gigabyte. 600 MB/s.
 * @throws Refused when it is not there, empty, or text of no kind we read
 */
export async function inspectFile(path: string): Promise<SourceFile> {
  const info = await stat(path).catch(() => undefined)
  if (info?.isDirectory())
    throw new Refused('no-such-file', `${path} is a folder. Give the name of a file.`)
  if (!info?.isFile()) throw new Refused('no-such-file', `There is no file ${path}.`)
  const look = new Look()
  try {
    for await (const chunk of createReadStream(path, {
      highWaterMark: 1 << 20,
    }) as AsyncIterable<Buffer>)
      look.take(chunk)
    if (look.damage) throw damaged(path, look.damage, await lineOf(path, look.damage.at))
  } catch (error) {
    throw error instanceof Refused ? error : unreadable(path, error)
  }
  return { path, ...look.end(path) }
}

/** Looks through bytes that were read already. @throws Refused as inspectFile */
export function inspectBytes(name: string, bytes: Uint8Array): SourceFile {
  const look = new Look()
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (whole.length) look.take(whole)
  const { damage } = look
  if (damage) throw damaged(name, damage, linesIn(whole.subarray(0, damage.at + 1)))
  return { path: name, ...look.end(name) }
}

/** A file that is there and can't be opened or read. */
export const unreadable = (path: string, error: unknown): Refused =>
  new Refused(
    'unreadable-file',
    `${path} can't be read: ${messageOf(error)}. Check its name, and who may read it.`,
  )

const damaged = (path: string, { code, why }: Damage, line: number): Refused =>
  new Refused(
    code,
    `${path} ${why}, first in line ${line}: names would come out wrong. ` +
      'Nothing was imported. Export it again as UTF-8.',
  )

/** A look through bytes, block by block. */
class Look {
  readonly #hash = createHash('sha256')
  #head: Buffer = Buffer.alloc(0)
  #bytes = 0
  #rest: Buffer = Buffer.alloc(0)
  #utf8 = true
  #utf8Pair = false
  #hasNul = false
  #last = 0
  #damaged: Damage | undefined
  #macRoman: Damage | undefined

  take(chunk: Buffer): void {
    this.#hash.update(chunk)
    this.#damaged ??= damageIn(chunk, this.#bytes)
    const at = this.#bytes
    this.#bytes += chunk.length
    if (this.#head.length < 1 << 16)
      this.#head = Buffer.concat([this.#head, chunk.subarray(0, 1 << 16)])
    this.#hasNul ||= chunk.includes(0)
    this.#utf8Pair ||= hasUtf8Pair(chunk)
    if (this.#utf8) {
      const text = this.#rest.length ? Buffer.concat([this.#rest, chunk]) : chunk
      const whole = wholeCharacters(text)
      this.#utf8 = isUtf8(text.subarray(0, whole))
      this.#rest = Buffer.from(text.subarray(whole))
    }
    if (!this.#utf8) this.#macRoman ??= macRomanIn(chunk, at)
    this.#last = chunk.at(-1)!
  }

  get #isUtf8(): boolean {
    return this.#utf8 && (this.#rest.length === 0 || this.#utf8Pair)
  }

  /** Where it shows a wrong encoding. */
  get damage(): Damage | undefined {
    return this.#damaged ?? (this.#isUtf8 ? undefined : this.#macRoman)
  }

  /** @throws Refused empty-file, not-text, utf-16, mixed-encoding, json-array */
  end(path: string): Omit<SourceFile, 'path'> {
    if (this.#bytes === 0) throw new Refused('empty-file', `${path} is empty.`)
    refusePacked(path, this.#head)
    const encoding = encodingOf(path, this.#head, this.#isUtf8, this.#utf8Pair)
    const start = this.#head
      .toString('latin1')
      .replace(/^\xef\xbb\xbf/, '')
      .trimStart()
    if (start.startsWith('['))
      throw new Refused(
        'json-array',
        `${path} is one JSON list. Write one object a line (NDJSON), or CSV.`,
      )
    return {
      bytes: this.#bytes,
      sha256: this.#hash.digest('hex'),
      format: start.startsWith('{') ? 'ndjson' : start.startsWith('<') ? 'xml' : 'csv',
      encoding,
      delimiter: delimiterOf(start),
      hasNul: this.#hasNul,
      endsInCharacter: encoding === 'utf-8' && this.#rest.length > 0,
      endsWithNewline: this.#last === 10 || this.#last === 13,
    }
  }
}

/** How the files begin that are given most often though they are no text. */
const packed: [string, string][] = [
  ['\x1f\x8b', 'is packed (gzip). Unpack it first.'],
  [
    'PK\x03\x04',
    'is a workbook of a spreadsheet, or a zip file. Save it as CSV UTF-8, or unpack it.',
  ],
  ['\xd0\xcf\x11\xe0', 'is a workbook of an old spreadsheet. Save it as CSV UTF-8.'],
  ['%PDF', 'is a PDF. Ask for the table it was made of, as CSV UTF-8.'],
]

function refusePacked(path: string, head: Buffer): void {
  const start = head.toString('latin1', 0, 4)
  const is = packed.find(([sign]) => start.startsWith(sign))
  if (is) throw new Refused('not-text', `${path} ${is[1]}`)
}

function encodingOf(
  path: string,
  head: Buffer,
  utf8: boolean,
  utf8Pair: boolean,
): SourceFile['encoding'] {
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)) {
    throw new Refused('utf-16', `${path} is UTF-16 ("Unicode text"). Save it as CSV UTF-8.`)
  }
  if (utf8) return 'utf-8'
  const bom = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf
  // No Swedish word has Ã and a sign after it: such a file is damaged UTF-8, or two files put together.
  if (bom || utf8Pair)
    throw new Refused(
      'mixed-encoding',
      `${path} is partly UTF-8 and partly something else: names would come out wrong. Export it again.`,
    )
  return 'windows-1252'
}

/** What a file in the wrong encoding looks like, though it can be read: names would come out wrong, and be printed so. */
const damage: {
  code: 'double-encoded' | 'replacement-characters'
  bytes: Buffer[]
  why: string
}[] = [
  {
    code: 'double-encoded',
    bytes: [...'åäöÅÄÖéü'].map((sign) => Buffer.from(Buffer.from(sign).toString('latin1'))),
    why: 'was turned into UTF-8 twice (Ã¥ for å)',
  },
  {
    code: 'replacement-characters',
    bytes: [Buffer.from('\ufffd')],
    why: 'has lost letters (� for å, ä or ö)',
  },
]

/** Where a file shows one of them. @param at of the chunk's first byte in the file */
function damageIn(chunk: Buffer, at: number): Damage | undefined {
  for (const { code, bytes, why } of damage)
    for (const sign of bytes) {
      const found = chunk.indexOf(sign)
      if (found >= 0) return { code, why, at: at + found }
    }
  return undefined
}

interface Damage {
  code: 'double-encoded' | 'replacement-characters' | 'mac-roman'
  why: string
  /** the byte */
  at: number
}

/**
 * Macintosh's letters å, ä, ö, Å, Ä, Ö are other signs in Windows-1252, which no Swedish word has between two letters.
 * @param at of the chunk's first byte in the file
 */
function macRomanIn(chunk: Buffer, at: number): Damage | undefined {
  const found = /[a-z][\x80\x81\x85\x8a\x8c\x9a][a-z]/i.exec(chunk.toString('latin1'))
  return found
    ? { code: 'mac-roman', why: 'is in the encoding of old Macintoshes', at: at + found.index }
    : undefined
}

/** Counts the lines up to a byte, in the rare case that somebody must be told. */
async function lineOf(path: string, at: number): Promise<number> {
  let line = 1
  for await (const chunk of createReadStream(path, { end: at }) as AsyncIterable<Buffer>)
    line += linesIn(chunk) - 1
  return line
}

function linesIn(bytes: Buffer): number {
  let line = 1
  for (const byte of bytes) if (byte === 10) line++
  return line
}

/** How many bytes end on a whole UTF-8 character: a character of up to four may continue in the next block. */
function wholeCharacters(text: Buffer): number {
  for (let back = 1; back <= 3 && back <= text.length; back++) {
    const byte = text[text.length - back]!
    if (byte >= 0xc0)
      return (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) > back ? text.length - back : text.length
    if (byte < 0x80) break
  }
  return text.length
}

function hasUtf8Pair(chunk: Buffer): boolean {
  for (let at = chunk.indexOf(0xc3); at >= 0; at = chunk.indexOf(0xc3, at + 1)) {
    const next = chunk[at + 1]
    if (next !== undefined && next >= 0x80 && next <= 0xbf) return true
  }
  return false
}

/** The sign that separates the columns: the one that is most often in the header, outside quotation marks. */
function delimiterOf(start: string): SourceFile['delimiter'] {
  const said = /^sep=([,;\t])[\r\n]/i.exec(start)?.[1]
  if (said) return said as SourceFile['delimiter']
  const header = start.split(/[\r\n]/, 1)[0]!.replace(/"[^"]*"/g, '')
  const count = (sign: string) => header.split(sign).length
  return count('\t') > Math.max(count(';'), count(',')) ? '\t' : count(';') > count(',') ? ';' : ','
}

/** A record longer than this is none: a quotation mark is missing. */
export const recordLimit = 1 << 20

/** How every CSV file is read: small or large, of people or of anything else. */
export const csvOptions = (delimiter: SourceFile['delimiter']) => ({
  delimiter,
  record_delimiter: ['\r\n', '\n', '\r'], // each row by its own end: exports are put together of others
  relax_column_count: true,
  relax_quotes: true,
  skip_empty_lines: true,
  skip_records_with_empty_values: true, // a spreadsheet's last rows: ;;;;;
  max_record_size: recordLimit,
})

/** Whether a row is a spreadsheet's own first line. */
export const isSepLine = (values: readonly string[]): boolean => /^sep=/i.test(values[0] ?? '')

/**
 * Whether a row has the header's columns. Some programs end each row with a delimiter, or leave it out in the header
 * only: empty cells to the right do no harm.
 */
export const hasColumns = (values: readonly string[], width: number): boolean =>
  values.length >= width && !values.slice(width).some((value) => value !== '')

/** The file's text, block by block, without byte order mark. @throws Refused file-changed */
export async function* textOf(file: SourceFile): AsyncGenerator<string> {
  const decoder = new TextDecoder(file.encoding)
  let bytes = 0
  for await (const chunk of createReadStream(file.path, {
    highWaterMark: 1 << 18,
  }) as AsyncIterable<Buffer>) {
    bytes += chunk.length
    yield decoder.decode(chunk, { stream: true })
  }
  if (bytes !== file.bytes)
    throw new Refused(
      'file-changed',
      `${file.path} changed while it was read. Wait until it has been written whole, then import it again.`,
    )
  yield decoder.decode()
}

/** The file's lines, counted from 1, however each ends. @throws Refused long-line */
export async function* linesOf(file: SourceFile): AsyncGenerator<{ line: number; text: string }> {
  let [line, rest] = [0, '']
  for await (const block of textOf(file)) {
    const lines = (rest + block).split(/\r\n|\n|\r(?!$)/)
    rest = lines.pop()!
    for (const text of lines) yield { line: ++line, text }
    if (rest.length > recordLimit) throw tooLong(line + 1)
  }
  if (rest.trim() !== '') yield { line: line + 1, text: rest }
}

export const tooLong = (line: number): Refused =>
  new Refused(
    'long-line',
    `Line ${line} is longer than ${recordLimit} characters: the file is not one record a line.`,
  )
