import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { rows, type Db } from '../db/pool.ts'
import type { Letter } from '../letters/letter.ts'
import { renderLetter } from '../letters/render.ts'
import { readKept } from '../messages/stored-letters.ts'

/** Draws one letter of each text and language as it was sent, from the stored bytes. @returns the files */
export async function writeSampleLetters(db: Db, folder: string): Promise<string[]> {
  await mkdir(folder, { recursive: true })
  const letters = await rows<{
    id: string
    template: string
    language: string
    content: Buffer | null
    keptIn: number | null
    keptLine: number | null
    sentAt: Date
  }>(
    db,
    `select distinct on (template, language)
            id, template, language, content, kept_in as "keptIn", kept_line as "keptLine", sent_at as "sentAt"
       from message
      where channel = 'letter' and state = 'sent'
      order by template, language, id`,
  )
  await readKept(db, letters)
  return Promise.all(
    letters.map(async ({ template, language, content, sentAt }) => {
      const file = join(folder, `${template}.${language}.pdf`)
      await writeFile(file, await renderLetter(JSON.parse(content!.toString()) as Letter, sentAt))
      return file
    }),
  )
}
