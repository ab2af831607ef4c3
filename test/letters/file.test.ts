import { describe, expect, it } from '@jest/globals'
import { PassThrough } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { inflateSync } from 'node:zlib'
import type { Letter } from '../../src/letters/letter.ts'
import { letterPages, renderBatch, renderLetter } from '../../src/letters/render.ts'
import { objectsOf, readPdf, streamOf } from './read-pdf.ts'
import { sampleLetter } from './sample-letters.ts'

const createdAt = new Date('2021-03-11T12:00:00Z')
const letterOf = (i: number, language = 'sv') =>
  sampleLetter(
    'invitation-timed',
    language,
    { id: `letter-${i}`, checkUrl: `https://kallelse.regiondalarna.example/k/${i}` },
    { person: { name: `Anna ${i} Ek` } },
  )
async function batchOf(letters: Letter[]) {
  const file = new PassThrough()
  const bytes = buffer(file)
  const made = await renderBatch(letters, file, { title: 'batch-1', createdAt })
  return { ...made, pdf: await bytes }
}

/**
 * Every number in the table points at its object, every stream is as long as it says, every reference has an
 * object.
 */
function expectWhole(pdf: Buffer): void {
  const source = pdf.toString('latin1')
  const start = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(source)?.[1])
  const entries = source.startsWith('xref\n', start)
    ? tableAt(source, start)
    : packedTableAt(source, start)
  entries.forEach(({ id, at, stream, index }) => {
    if (stream === undefined) expect(source.startsWith(`${id} 0 obj\n`, at)).toBe(true)
    else
      expect(
        streamOf(new RegExp(`^${stream} 0 obj\n([^]*?)\nendobj$`, 'm').exec(source)?.[1] ?? '')
          .toString('latin1')
          .split(' ')[2 * (index ?? 0)],
      ).toBe(String(id))
  })
  for (const match of source.matchAll(/\/Length (\d+)[^>]*>>\nstream\n/g))
    expect(source.startsWith('\nendstream', match.index + match[0].length + Number(match[1]))).toBe(
      true,
    )
  const ids = new Set(entries.map(({ id }) => id))
  for (const [id, object] of objectsOf(pdf)) {
    expect(ids.has(id)).toBe(true)
    for (const [, other] of object.replace(/stream\n[^]*/, '').matchAll(/(\d+) 0 R/g))
      expect(ids.has(Number(other))).toBe(true)
  }
}

interface Entry {
  id: number
  at: number
  stream?: number
  index?: number
}

function tableAt(source: string, start: number): Entry[] {
  const entries = [...source.slice(start).matchAll(/^(\d{10}) (\d{5}) ([fn]) $/gm)].map(
    (match, id) => ({ id, at: Number(match[1]) }),
  )
  expect(source.slice(start)).toMatch(new RegExp(`^xref\n0 ${entries.length}\n`))
  return entries.slice(1)
}

function packedTableAt(source: string, start: number): Entry[] {
  const object = /^\d+ 0 obj\n([^]*?)\nendobj$/m.exec(source.slice(start))?.[1] ?? ''
  expect(object).toMatch(/\/Type \/XRef \/Size (\d+) \/W \[1 4 2\]/)
  const table = streamOf(object)
  expect(table).toHaveLength(7 * Number(/\/Size (\d+)/.exec(object)?.[1]))
  return Array.from({ length: table.length / 7 }, (_, id) => {
    const [kind, place, index] = [
      table[7 * id],
      table.readUInt32BE(7 * id + 1),
      table.readUInt16BE(7 * id + 5),
    ]
    return kind === 2 ? { id, at: 0, stream: place, index } : { id, at: place }
  }).slice(1)
}

describe('a file', () => {
  it('is whole: one letter in each language, and a batch', async () => {
    for (const language of ['sv', 'en', 'ar'])
      expectWhole(await renderLetter(letterOf(1, language), createdAt))
    expectWhole(
      (await batchOf([1, 2, 3, 4, 5, 6].map((i) => letterOf(i, i === 6 ? 'ar' : 'sv')))).pdf,
    )
  })

  it('is the same twice, whatever was drawn in between', async () => {
    const one = await renderLetter(letterOf(1), createdAt)
    const batch = (await batchOf([letterOf(1), letterOf(2, 'ar'), letterOf(3), letterOf(4)])).pdf
    for (let i = 0; i < 900; i++) letterPages(letterOf(100 + i))
    expect((await renderLetter(letterOf(1), createdAt)).equals(one)).toBe(true)
    expect(
      (await batchOf([letterOf(1), letterOf(2, 'ar'), letterOf(3), letterOf(4)])).pdf.equals(batch),
    ).toBe(true)
  })

  it('holds what letters have in common once, and each letter the same pages as with others', async () => {
    const letters = Array.from({ length: 200 }, (_, i) => letterOf(i))
    const { pdf, letters: drawn } = await batchOf(letters)
    expect(pdf.toString('latin1').match(/\/Subtype\/Form/g)?.length).toBeGreaterThan(1)
    expect(pdf.length / letters.length).toBeLessThan(2_000)
    const few = await batchOf(letters.slice(0, 2)) // too few for forms
    expect(few.pdf.toString('latin1')).not.toContain('/Subtype/Form')
    expect(few.letters.map((letter) => letter.sha256)).toEqual(
      drawn.slice(0, 2).map((letter) => letter.sha256),
    )
  })

  it('leaves out a block that a letter does not have, and runs to a second page when it has more', async () => {
    const letter = letterOf(1)
    const text = (pdf: Buffer) =>
      readPdf(pdf).map((page) => page.lines.map((line) => line.text).join('\n'))
    const short = {
      ...letter,
      rendered: { ...letter.rendered, body: letter.rendered.body.slice(0, 3) },
    }
    const shortPages = text(await renderLetter(short, createdAt))
    expect(shortPages).toHaveLength(1)
    expect(shortPages[0]).not.toContain('Bra att veta')
    const pages = text(await renderLetter(letter, createdAt))
    expect(pages).toHaveLength(2)
    expect(pages.join('\n')).toContain('Bra att veta')
    expect(pages[0]).toContain('Sida 1 (2)')
  })
})

describe('a letter alone', () => {
  it('claims the standards in which every glyph tells its text only where every one does: not in Arabic, whose dots are drawn apart', async () => {
    const [sv = '', ar = ''] = await Promise.all(
      ['sv', 'ar'].map(async (language) =>
        (await renderLetter(letterOf(1, language), createdAt)).toString('latin1'),
      ),
    )
    expect(sv).toContain('<pdfuaid:part>1</pdfuaid:part>')
    expect(sv).toContain('<pdfaid:conformance>A</pdfaid:conformance>')
    // PDF/A knows no pdfuaid: the file must say what it is (ISO 19005-2, 6.6.2.3).
    const [, explained = ''] =
      /<pdfaExtension:schemas>([^]*?)<\/pdfaExtension:schemas>/.exec(sv) ?? []
    for (const said of [
      '<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/<',
      '<pdfaSchema:prefix>pdfuaid<',
      '<pdfaProperty:name>part<',
      '<pdfaProperty:valueType>Integer<',
      '<pdfaProperty:category>internal<',
    ])
      expect(explained).toContain(said)
    expect(ar).toContain('<pdfaid:conformance>B</pdfaid:conformance>')
    expect(ar).not.toContain('pdfuaid:part')
  })

  it('is tagged: every mark is in the structure or is decoration, in the order of reading', async () => {
    for (const language of ['sv', 'ar']) {
      const source = (await renderLetter(letterOf(1, language), createdAt)).toString('latin1')
      expect(source).toContain(`/Lang (${language})`)
      expect(source).toContain('/MarkInfo << /Marked true >>')
      expect(source).toContain('/DisplayDocTitle true')
      const types = [...source.matchAll(/<<\/S\/(\w+)\/P/g)].map((match) => match[1])
      for (const type of [
        'Document',
        'H1',
        'H2',
        'P',
        'L',
        'LI',
        'Lbl',
        'LBody',
        'Table',
        'TR',
        'TH',
        'TD',
        'Figure',
      ])
        expect(types).toContain(type)
      expect(source).toMatch(/<<\/S\/Figure[^]*?\/Alt <feff/)
      const contents = [...source.matchAll(/\/Contents (\d+) 0 R/g)].map((match) =>
        inflateSync(
          Buffer.from(
            new RegExp(`\n${match[1]} 0 obj\n[^]*?stream\n([^]*?)\nendstream\nendobj`).exec(
              source,
            )?.[1] ?? '',
            'latin1',
          ),
        ).toString('latin1'),
      )
      const parents = [
        ...(/\/ParentTree << \/Nums \[(.*)\] >>/.exec(source)?.[1] ?? '').matchAll(/\[([^\]]*)\]/g),
      ].map((match) => (match[1]?.match(/0 R/g) ?? []).length)
      contents.forEach((content, page) => {
        const marked = [...content.matchAll(/^\/\w+ <<\/MCID (\d+)>> BDC$/gm)]
          .map((match) => Number(match[1]))
          .sort((a, b) => a - b)
        expect(marked).toEqual(marked.map((_, i) => i))
        expect(marked).toHaveLength(parents[page] ?? -1)
        expect(content.match(/BDC|BMC/g)).toHaveLength(content.match(/EMC/g)?.length ?? -1)
        const bare = content.replace(/^\/\w+ (<<\/MCID \d+>> BDC|BMC)\n[^]*?^EMC\n/gm, '')
        expect(bare).not.toMatch(/TJ|\bre\b|BI/)
      })
    }
  })
})
