import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { handOver, isHandedOver } from '../../src/channels/print.ts'

let home: string
let folder: string
let pdf: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'kallelse print '))
  folder = join(home, 'print')
  pdf = join(home, 'batch.tmp')
  await writeFile(pdf, '%PDF-1.7 ett')
})
afterEach(() => rm(home, { recursive: true }))

describe('handing over a print batch', () => {
  it('puts the PDF and its manifest in the folder and nothing else', async () => {
    expect(await handOver(folder, 'falun-1', pdf, '{"id":1}\n')).toBe('handed-over')
    expect((await readdir(folder)).sort()).toEqual(['falun-1.ndjson', 'falun-1.pdf'])
    expect(await readFile(join(folder, 'falun-1.pdf'), 'utf8')).toBe('%PDF-1.7 ett')
    expect(await isHandedOver(folder, 'falun-1')).toBe(true)
  })

  it('counts the same batch once more as handed over', async () => {
    await handOver(folder, 'falun-1', pdf, 'm')
    expect(await handOver(folder, 'falun-1', pdf, 'm')).toBe('already-held')
  })

  it('refuses the name for other letters and leaves what is there', async () => {
    await handOver(folder, 'falun-1', pdf, 'm')
    await expect(handOver(folder, 'falun-1', pdf, 'other')).rejects.toMatchObject({ code: 'batch-already-handed-over' })
    await writeFile(pdf, '%PDF-1.7 two')
    await expect(handOver(folder, 'falun-1', pdf, 'm')).rejects.toMatchObject({ code: 'batch-already-handed-over' })
    expect((await readdir(folder)).sort()).toEqual(['falun-1.ndjson', 'falun-1.pdf'])
    expect(await readFile(join(folder, 'falun-1.pdf'), 'utf8')).toBe('%PDF-1.7 ett')
  })

  it('goes on where a program was killed between the PDF and the manifest', async () => {
    await handOver(folder, 'other', pdf, 'm')
    await writeFile(join(folder, 'falun-1.pdf'), '%PDF-1.7 half')
    expect(await isHandedOver(folder, 'falun-1')).toBe(false)
    expect(await handOver(folder, 'falun-1', pdf, 'm')).toBe('handed-over')
    expect(await readFile(join(folder, 'falun-1.pdf'), 'utf8')).toBe('%PDF-1.7 ett')
  })

  it('is done once by two at the same time', async () => {
    const results = await Promise.all([handOver(folder, 'falun-1', pdf, 'm'), handOver(folder, 'falun-1', pdf, 'm')])
    expect(results.sort()).toEqual(['already-held', 'handed-over'])
  })

  it('stays in its folder', async () => {
    await expect(handOver(folder, '../falun', pdf, 'm')).rejects.toThrow('not a batch name')
  })
})
