import { readdir, rm, writeFile } from 'node:fs/promises'
import { drawn, folder, letters, toPng } from './pages/compare.ts'

// Draws the stored pages anew: node test/letters/renew-pages.ts. Look at each that git says has changed
// before it is committed.
for (const file of await readdir(folder))
  if (/\.(png|txt)$/.test(file)) await rm(`${folder}${file}`)
for (const [name, letter] of Object.entries(letters)) {
  const { pages, text } = await drawn(letter)
  for (const [i, page] of pages.entries())
    await writeFile(`${folder}${name}-${i + 1}.png`, toPng(page))
  await writeFile(`${folder}${name}.txt`, text)
  process.stdout.write(`${name}: ${pages.length} pages\n`)
}
