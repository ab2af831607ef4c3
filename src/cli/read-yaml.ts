import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { Refused, messageOf } from '../errors.ts'
import { received } from '../received.ts'

/** What a YAML or JSON file holds. @throws Refused unreadable-file */
export async function readYaml(file: string): Promise<unknown> {
  try {
    return received.parse(parse(await readFile(file, 'utf8')))
  } catch (error) {
    throw new Refused(
      'unreadable-file',
      `${file} can't be read as YAML or JSON: ${messageOf(error)}`,
    )
  }
}
