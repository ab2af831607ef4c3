import { rows, type Db } from '../../src/db/pool.ts'
import { readKept } from '../../src/messages/stored-letters.ts'

export interface KeptMessage {
  id: string
  personId: number
  template: string
  version: string
  language: string
  checkCode: string
  text: string
}

/**
 * Messages with the bytes that were kept of them, as text.
 * @param where about `message m`, with its order if it matters
 */
export async function keptMessages(
  db: Db,
  where: string,
  values: unknown[] = [],
): Promise<KeptMessage[]> {
  const found = await rows<
    Omit<KeptMessage, 'text'> & {
      content: Buffer | null
      keptIn: number | null
      keptLine: number | null
    }
  >(
    db,
    `select m.id, m.person_id as "personId", m.template, m.template_version as version, m.language, m.check_code as "checkCode", m.content, m.kept_in as "keptIn", m.kept_line as "keptLine"
       from message m where (m.content is not null or m.kept_in is not null) and ${where}`,
    values,
  )
  await readKept(db, found)
  return found.map(({ content, keptIn: _in, keptLine: _line, ...message }) => ({
    ...message,
    text: content!.toString(),
  }))
}
