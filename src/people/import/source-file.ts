import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Refused } from '../../errors.ts'

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
  if (!info?.isFile()) throw new Refused('no-such-file', `There is no file ${path}.`)
  const hash = createHash('sha256')
  let head = Buffer.alloc(0)
  let bytes = 0
  let rest: Buffer = Buffer.alloc(0)
  let utf8 = true
  let utf8Pair = false
  let hasNul = false
  let last = 0
  let damaged: Damage | undefined
  let macRoman: Damage | undefined
  for await (const chunk of createReadStream(path, {
    highWaterMark: 1 << 20,
  }) as AsyncIterable<Buffer>) {
    hash.update(chunk)
    damaged ??= damageIn(chunk, bytes)
    const at = bytes
    bytes += chunk.length
    if (head.length < 1 << 16) head = Buffer.concat([head, chunk.subarray(0, 1 << 16)])
    hasNul ||= chunk.includes(0)
    utf8Pair ||= hasUtf8Pair(chunk)
    if (utf8) {
      const text = rest.length ? Buffer.concat([rest, chunk]) : chunk
      const whole = wholeCharacters(text)
      utf8 = isUtf8(text.subarray(0, whole))
      rest = Buffer.from(text.subarray(whole))
    }
    if (!utf8) macRoman ??= macRomanIn(chunk, at)
    last = chunk.at(-1)!
  }
  if (bytes === 0) throw new Refused('empty-file', `${path} is empty.`)
  const encoding = encodingOf(path, head, utf8 && (rest.length === 0 || utf8Pair), utf8Pair)
  if (encoding === 'windows-1252') damaged ??= macRoman
  if (damaged)
    throw new Refused(
      damaged.code,
      `${path} ${damaged.why}, first in line ${await lineOf(path, damaged.at)}: names would come out wrong. ` +
        'Nothing was imported. Export it again as UTF-8.',
    )
  const start = head
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart()
  if (start.startsWith('['))
    throw new Refused(
      'json-array',
      `${path} is one JSON list. Write one object a line (NDJSON), or CSV.`,
    )
  return {
    path,
    bytes,
    sha256: hash.digest('hex'),
    format: start.startsWith('{') ? 'ndjson' : start.startsWith('<') ? 'xml' : 'csv',
    encoding,
    delimiter: delimiterOf(start),
    hasNul,
    endsInCharacter: encoding === 'utf-8' && rest.length > 0,
    endsWithNewline: last === 10 || last === 13,
  }
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
    for (const byte of chunk) if (byte === 10) line++
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
