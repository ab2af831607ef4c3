import { describe, expect, it } from '@jest/globals'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

const markdownIn = async (folder: string, recursive: boolean): Promise<string[]> =>
  (await readdir(folder, { recursive }))
    .filter((file) => file.endsWith('.md'))
    .map((file) => join(folder, file))

const pages = [...(await markdownIn('.', false)), ...(await markdownIn('docs', true))]

const sources = (
  await Promise.all(
    ['src', 'test', 'bench'].map(async (folder) =>
      (await readdir(folder, { recursive: true })).map((file) => join(folder, file)),
    ),
  )
).flat()

const withoutCode = (text: string): string => text.replace(/^```.*?^```/gms, '')

/** What GitHub makes of a heading: the name that a link can point at. */
const anchor = (heading: string): string =>
  heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-')

const anchorsOf = (text: string): string[] =>
  [...withoutCode(text).matchAll(/^#+ (.+)$/gm)].map((line) => anchor(line[1]!))

interface Link {
  file: string
  heading: string | undefined
}

const linksOf = async (page: string): Promise<Link[]> =>
  [
    ...withoutCode(await readFile(page, 'utf8')).matchAll(
      /\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g,
    ),
  ].map((link) => ({ file: link[1] ? join(dirname(page), link[1]) : page, heading: link[2] }))

describe('every page for people', () => {
  it.each(pages)('%s links only to files and headings that exist', async (page) => {
    const broken: string[] = []
    for (const { file, heading } of await linksOf(page)) {
      if (!existsSync(file)) broken.push(file)
      else if (heading && !anchorsOf(await readFile(file, 'utf8')).includes(heading))
        broken.push(`${file}#${heading}`)
    }
    expect(broken).toEqual([])
  })

  it('is reached from the index of docs/', async () => {
    const index = 'docs/README.md'
    const listed = (await linksOf(index)).map((link) => link.file)
    const inDocs = pages.filter((page) => page.startsWith('docs/') && page !== index)
    expect(inDocs.filter((page) => !listed.includes(page))).toEqual([])
  })

  it.each(pages)('%s names only source files that exist', async (page) => {
    const text = await readFile(page, 'utf8')
    const inFull = [...text.matchAll(/\b(?:src|test|bench|samples|migrations)\/[\w./-]*\w/g)]
    const missing = inFull.map((path) => path[0]).filter((path) => !existsSync(path))
    const byTheirEnd = [...text.matchAll(/`([\w/-]+\.ts)`/g)].map((path) => path[1]!)
    expect([
      ...missing,
      ...byTheirEnd.filter((path) => !sources.some((file) => `/${file}`.endsWith(`/${path}`))),
    ]).toEqual([])
  })

  it.each(pages)('%s names only functions that their file exports', async (page) => {
    const text = await readFile(page, 'utf8')
    const told = text.matchAll(/`(\w+)`\s+\(`(src\/[\w./-]+\.ts)`/g)
    const missing: string[] = []
    for (const [, name, file] of told) {
      const source = existsSync(file!) ? await readFile(file!, 'utf8') : ''
      if (!new RegExp(`export .*\\b${name}\\b`).test(source)) missing.push(`${file} ${name}`)
    }
    expect(missing).toEqual([])
  })
})

describe('a page', () => {
  it('is named by its path wherever the code points at it', async () => {
    const missing: string[] = []
    for (const file of sources.filter((file) => file.startsWith('src/') && file.endsWith('.ts'))) {
      const named = (await readFile(file, 'utf8')).matchAll(/\bdocs\/[\w./-]+\.(?:md|json)\b/g)
      for (const [page] of named) if (!existsSync(page)) missing.push(`${file}: ${page}`)
    }
    expect(missing).toEqual([])
  })
})
