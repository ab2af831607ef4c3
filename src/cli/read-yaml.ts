import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { Refused, messageOf } from '../errors.ts'
import { received, receivedFault } from '../received.ts'

/** What a YAML or JSON file holds. @throws Refused unreadable-file */
export const readYaml = async (file: string): Promise<unknown> =>
  yamlOf(
    file,
    await readFile(file, 'utf8').catch((error: unknown) => {
      throw notRead(file, messageOf(error))
    }),
  )

/** What YAML or JSON says. @param name where it is from @throws Refused unreadable-file */
export function yamlOf(name: string, text: string): unknown {
  let said: unknown
  try {
    said = parse(text)
  } catch (error) {
    throw notRead(name, messageOf(error).split('\n')[0]!)
  }
  const read = received.safeParse(said)
  if (!read.success) throw notRead(name, receivedFault(read.error))
  return read.data
}

const notRead = (name: string, why: string): Refused =>
  new Refused(
    'unreadable-file',
    `${name} can't be read as YAML or JSON: ${why.replace(/[:.]$/, '')}. Correct it there.`,
  )
