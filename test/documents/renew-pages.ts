// Draws the papers' pages again: node test/documents/renew-pages.ts [NAME…]. Look at each before you commit it.
import { readdir, rm, writeFile } from 'node:fs/promises'
import { toPng } from '../letters/pages/compare.ts'
import { folder, pagesOf } from './compare.ts'
import { samples } from './samples.ts'

const wanted = process.argv.slice(2)
for (const [name, make] of Object.entries(samples)) {
  if (wanted.length && !wanted.includes(name)) continue
  for (const file of await readdir(folder))
    if (file.replace(/-\d+\.png$/, '') === name) await rm(`${folder}${file}`)
  const pages = await pagesOf(await make())
  await Promise.all(pages.map((page, i) => writeFile(`${folder}${name}-${i + 1}.png`, toPng(page))))
}
