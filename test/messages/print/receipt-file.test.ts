import { describe, expect, it } from '@jest/globals'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readReceipt } from '../../../src/messages/print/receipt-file.ts'
import { inspectFile } from '../../../src/people/import/source-file.ts'

const read = async (path: string) => {
  const lines = []
  for await (const { line: _, ...rest } of readReceipt(await inspectFile(path)))
    lines.push(JSON.parse(JSON.stringify(rest)) as { event: string; copies: number })
  return lines
}

const readText = async (text: string) => {
  const folder = mkdtempSync(join(tmpdir(), 'kallelse-receipt-'))
  try {
    writeFileSync(join(folder, 'r'), text)
    return await read(join(folder, 'r'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

describe('a receipt', () => {
  it('says the same as CSV and as JSON: the samples', async () => {
    const lines = await read('samples/receipts/receipt.csv')
    expect(lines).toEqual(await read('samples/receipts/receipt.ndjson'))
    expect(lines.map(({ event, copies }) => `${event} ${copies}`)).toEqual([
      'printed 1',
      'printed 2',
      'damaged 1',
      'posted 1',
      'posted 1',
      'returned 1',
      'total 6',
    ])
  })

  it('is read with semicolons, capitals in the header, a BOM and blank lines', async () => {
    expect(
      await readText(
        '\ufeffBatch;ID;Event;At;Copies;SHA256;Reason\n\nb;x;posted;2021-03-11T14:05:00Z;;;\nb;;TOTAL;;1;;\n'.replace(
          'TOTAL',
          'total',
        ),
      ),
    ).toHaveLength(2)
  })

  it.each([
    ['an event that is none', 'b,x,burnt,2021-03-11T14:05:00Z,,,', 'line 2: event'],
    [
      'a time without zone',
      'b,x,printed,2021-03-11T14:05:00,,,',
      'line 2: at must be a time with its zone',
    ],
    ['no copies at all', 'b,x,printed,2021-03-11T14:05:00Z,0,,', 'line 2: copies'],
    ['a hash that is cut', 'b,x,printed,2021-03-11T14:05:00Z,,abc,', 'line 2: sha256'],
    [
      'a reason in own words',
      'b,x,returned,2021-03-11T14:05:00Z,,,Anna Karlsson har flyttat',
      'line 2: reason',
    ],
  ])('is refused for %s, naming the line', async (_what, line, said) => {
    await expect(
      readText(`batch,id,event,at,copies,sha256,reason\n${line}\n`),
    ).rejects.toMatchObject({
      code: 'bad-receipt',
      message: expect.stringContaining(said) as unknown,
    })
  })
})
