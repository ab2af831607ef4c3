import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { handedOver, handOver, withdraw, type SealedBatch } from '../../src/channels/print.ts'
import { visit } from '../../src/channels/print-place.ts'
import { openPrintSftp } from '../../src/channels/print-sftp.ts'
import { printServers, sftpServers, standIn, type PrintServer } from './support/print-servers.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

let home: string
let server: PrintServer
let batch: SealedBatch
const yes = () => Promise.resolve(true)
const no = () => Promise.resolve(false)
const give = (go = yes, given = batch) => visit(server.open, (place) => handOver(place, given, go))
const far = () => visit(server.open, (place) => handedOver(place, 'falun-1'))
const names = () => readdirSync(server.root).sort()
const held = (name: string) => readFileSync(join(server.root, name), 'utf8')
const lay = (name: string, content: string) => writeFileSync(join(server.root, name), content)

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'kallelse-print-'))
  const pdf = `%PDF-1.7 ${'ett '.repeat(100_000)}`
  batch = {
    name: 'falun-1',
    pdf: join(home, 'batch.pdf'),
    pdfSha256: sha256(pdf),
    manifest: '{"id":1}\n',
  }
  writeFileSync(batch.pdf, pdf)
})
afterEach(async () => {
  await server.close()
  rmSync(home, { recursive: true })
})

describe.each(printServers)('handing a print batch over to %s', (_, start) => {
  beforeEach(async () => {
    server = await start()
  })

  it('puts the PDF and its manifest there and nothing else', async () => {
    expect(await give()).toBe('handed-over')
    expect(names()).toEqual(['falun-1.ndjson', 'falun-1.pdf'])
    expect(sha256(held('falun-1.pdf'))).toBe(batch.pdfSha256)
    expect(held('falun-1.ndjson')).toBe(batch.manifest)
    expect(await far()).toEqual({ manifest: batch.manifest })
  })

  it('counts the same batch once more as handed over', async () => {
    await give()
    expect(await give()).toBe('already-held')
    expect(names()).toEqual(['falun-1.ndjson', 'falun-1.pdf'])
  })

  it.each([
    ['another manifest', () => (batch = { ...batch, manifest: '{"id":2}\n' })],
    [
      'other letters',
      () => (
        writeFileSync(batch.pdf, '%PDF other'),
        (batch = { ...batch, pdfSha256: sha256('%PDF other') })
      ),
    ],
  ])('refuses the name for %s and leaves what is there', async (_what, change) => {
    await give()
    const before = [held('falun-1.pdf'), held('falun-1.ndjson')]
    change()
    await expect(give()).rejects.toMatchObject({ code: 'batch-already-handed-over' })
    expect(names()).toEqual(['falun-1.ndjson', 'falun-1.pdf'])
    expect([held('falun-1.pdf'), held('falun-1.ndjson')]).toEqual(before)
  })

  it('refuses a file that was changed after sealing, and hands nothing over', async () => {
    writeFileSync(batch.pdf, '%PDF-1.7 tva')
    await expect(give()).rejects.toMatchObject({ code: 'changed-after-sealing' })
    expect(names()).toEqual([])
  })

  it('refuses when a PDF of that name with other content lies there without a manifest', async () => {
    lay('falun-1.pdf', '%PDF foreign')
    await expect(give()).rejects.toMatchObject({
      code: 'batch-already-handed-over',
      details: { file: 'falun-1.pdf' },
    })
    expect(names()).toEqual(['falun-1.pdf'])
  })

  it('goes on where a program was killed: after the PDF, and with a part of it left', async () => {
    lay('falun-1.pdf', readFileSync(batch.pdf, 'utf8'))
    lay('.falun-1.0b54b0a2-7c1e-4d0e-9d7a-3f1d0c2a9e11.part', 'half')
    expect(await far()).toBeUndefined()
    expect(await give()).toBe('handed-over')
    expect(names()).toEqual(['falun-1.ndjson', 'falun-1.pdf'])
  })

  it('stops before the last step when it may not leave, goes on from there, and can be taken back', async () => {
    expect(await give(no)).toBe('waiting')
    expect(await far()).toBe('prepared')
    expect(names()).not.toContain('falun-1.ndjson')
    expect(await give()).toBe('handed-over')
    batch = { ...batch, name: 'falun-2' }
    await give(no)
    await visit(server.open, (place) => withdraw(place, 'falun-2'))
    expect(names()).toEqual(['falun-1.ndjson', 'falun-1.pdf'])
  })

  it('refuses a prepared manifest that somebody has edited', async () => {
    await give(no)
    lay('.falun-1.ready', '{"id":9}\n')
    await expect(give()).rejects.toMatchObject({ code: 'batch-already-handed-over' })
    expect(names()).not.toContain('falun-1.ndjson')
  })

  it('knows a batch that the supplier has taken away', async () => {
    await give()
    renameSync(join(server.root, 'falun-1.ndjson'), join(home, 'taken'))
    expect(await far()).toBeUndefined()
    expect(existsSync(join(server.root, '.falun-1.ready'))).toBe(false) // so it was not merely prepared
  })

  it('is done whole by two at the same time', async () => {
    const results = await Promise.allSettled([give(), give()])
    const done = results.map((result) =>
      result.status === 'fulfilled' ? result.value : 'tried again',
    )
    expect(done).toContain('handed-over')
    expect(await give()).toBe('already-held')
    expect(names()).toEqual(['falun-1.ndjson', 'falun-1.pdf'])
    expect(sha256(held('falun-1.pdf'))).toBe(batch.pdfSha256)
  })

  it('stays in its folder', async () => {
    await expect(give(yes, { ...batch, name: '../falun' })).rejects.toThrow('not a batch name')
  })
})

describe.each(sftpServers)('the SFTP server of %s', (_, start) => {
  beforeEach(async () => {
    server = await start()
  })

  it('is not spoken to when its key is not pinned, and the fingerprint seen is told', async () => {
    const { hostKeys } = server.account!
    const refused = openPrintSftp({ ...server.account!, hostKeys: '' })
    await expect(refused).rejects.toMatchObject({
      code: 'host-key-not-pinned',
      details: { seen: hostKeys },
    })
    await expect(refused).rejects.toThrow(`PRINT_SFTP_HOST_KEY=${hostKeys}`)
  })

  it('is not spoken to when its key has changed', async () => {
    const other = `SHA256:${'A'.repeat(43)}`
    await expect(openPrintSftp({ ...server.account!, hostKeys: other })).rejects.toMatchObject({
      code: 'host-key-changed',
      details: { seen: server.account!.hostKeys, pinned: other },
    })
    const place = await openPrintSftp({
      ...server.account!,
      hostKeys: `${other} ${server.account!.hostKeys}`,
    }) // while a supplier changes keys both are pinned
    await place.close()
  })

  it('says so when it does not let us in', async () => {
    const url = new URL(server.account!.url)
    url.username = 'nobody-of-that-name'
    await expect(openPrintSftp({ ...server.account!, url: url.href })).rejects.toMatchObject({
      code: 'supplier-login',
    })
  })
})

describe('a connection that breaks', () => {
  beforeEach(async () => {
    server = await standIn()
  })

  it.each(
    [
      ['open', '.part'],
      ['write', ''],
      ['rename', 'falun-1.pdf'],
      ['rename', '.ready'],
      ['rename', 'falun-1.ndjson'],
    ].flatMap(([operation, name]) =>
      (['cut-before', 'cut-after'] as const).map((fault) => [fault, operation!, name!] as const),
    ),
  )(
    '%s %s %s: the next try ends it, with whole files and nothing left over',
    async (fault, operation, name) => {
      let played = 0
      server.faults.play = (now, file) =>
        now === operation && file.endsWith(name) && played++ === 0 ? fault : undefined
      const first = await give().then(
        (how) => how,
        (error: unknown) => error,
      )
      expect(played).toBeGreaterThan(0)
      server.faults.play = undefined
      expect(first).toBeInstanceOf(Error)
      expect(await give()).toBe(
        fault === 'cut-after' && name === 'falun-1.ndjson' ? 'already-held' : 'handed-over',
      )
      expect(names()).toEqual(['falun-1.ndjson', 'falun-1.pdf'])
      expect(sha256(held('falun-1.pdf'))).toBe(batch.pdfSha256)
    },
  )

  it('says so when nobody answers', async () => {
    const { account } = server
    await server.close()
    await expect(openPrintSftp(account!)).rejects.toMatchObject({ code: 'supplier-unreachable' })
    server = await standIn()
  })
})
