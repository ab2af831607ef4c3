import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { z } from 'zod'
import { messageOf, Refused } from '../errors.ts'
import type { Form } from './context.ts'
import { fallbackLanguage } from './languages.ts'
import { compilePiece, type Piece } from './template.ts'

const base = {
  version: z.number().int().positive(),
  language: z.string(),
  /** the eight characters of the Swedish text that this one translates */
  source: z
    .string()
    .regex(
      /^[0-9a-f]{8}$/,
      'must be the eight characters that `texts list` shows for the Swedish text (in quotes)',
    )
    .optional(),
}
const frontMatter = z.discriminatedUnion('channel', [
  z.strictObject({ ...base, channel: z.enum(['sms', 'phone-script', 'contact-card', 'back']) }),
  z.strictObject({ ...base, channel: z.literal('email'), subject: z.string().optional() }),
  z.strictObject({ ...base, channel: z.literal('page'), title: z.string() }),
  z.strictObject({ ...base, channel: z.literal('warning'), sms: z.string(), shortest: z.string() }),
  z.strictObject({
    ...base,
    channel: z.literal('letter'),
    title: z.string(),
    lineLength: z.number().int().positive().optional(),
    panel: z
      .array(
        z.strictObject({
          label: z.string(),
          value: z.string(),
          more: z.string().optional(),
          big: z.boolean().default(false),
        }),
      )
      .min(1),
  }),
])
const furnitureSchema = z.strictObject({
  sender: z.array(z.string()),
  reference: z.string(),
  page: z.string(),
  checkTitle: z.string(),
  checkText: z.string(),
})

/**
 * One template file, read, checked and compiled. `pieces` are named by where they stand, e.g. `title`,
 * `panel.0.value`, `body`.
 */
export interface Template {
  name: string
  language: string
  channel: Form
  version: string
  /** of the file and the blocks it uses; the last part of `version` */
  hash: string
  /** the hash of the Swedish text it was translated from, as the file says */
  source?: string
  lineLength?: number
  panel: { more: boolean; big: boolean }[]
  senderLines: number
  pieces: Map<string, Piece>
}

export const templatesFolder = fileURLToPath(new URL('../../templates/', import.meta.url))
const forms: Form[] = ['letter', 'sms', 'email', 'phone-script', 'contact-card', 'page', 'warning']
/**
 * Under `_blocks`, the texts that are read like templates: the short ones in other languages, on the back of a
 * Swedish letter, in an e-mail or SMS.
 */
export const shortTexts = '_blocks'

/** The short text that goes with a Swedish one on a channel. */
export const shortForm = { letter: 'back', sms: 'sms', email: 'email' } as const

function readFrontMatter<T>(schema: z.ZodType<T>, yaml: string, where: string): T {
  let data: unknown
  try {
    data = parse(yaml)
  } catch (error) {
    throw new Refused('bad-template', `${where}: the front matter is not YAML: ${messageOf(error)}`)
  }
  const checked = schema.safeParse(data)
  if (checked.success) return checked.data
  throw new Refused(
    'bad-template',
    `${where}: ` +
      `${checked.error.issues.map((issue) => `${issue.path.join('.') || 'front matter'}: ${issue.message}`).join('; ')}. ` +
      'docs/operator/texts.md shows what it should be.',
  )
}

/**
 * Shared blocks of one language: `contact.sms.hbs` before `contact.hbs`, and the letter's furniture from
 * `letter.yaml`.
 */
async function readBlocksOf(folder: string, language: string): Promise<Map<string, string>> {
  const files = await readdir(join(folder, '_blocks', language)).catch(() => [])
  return new Map(
    await Promise.all(
      files.map(
        async (file) =>
          [file, await readFile(join(folder, '_blocks', language, file), 'utf8')] as const,
      ),
    ),
  )
}

function compileTemplate(
  name: string,
  language: string,
  channel: Form,
  source: string,
  blocks: Map<string, string>,
): Template {
  const where = `templates/${name}/${language}/${channel}.hbs`
  const parts = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(source.replaceAll('\r\n', '\n'))
  if (!parts)
    throw new Refused(
      'bad-template',
      `${where}: has no front matter. Begin with --- , version, language, channel, and --- again.`,
    )
  const [, yaml = '', body = ''] = parts
  const front = readFrontMatter(frontMatter, yaml, where)
  if (front.language !== language || front.channel !== channel)
    throw new Refused(
      'bad-template',
      `${where}: says language ${front.language} and channel ${front.channel}, but lies under ${language} ` +
        `and ${channel}.`,
    )

  const used = new Set<string>()
  const block = (key: string) => {
    const file = [`${key}.${channel}.hbs`, `${key}.hbs`].find((file) => blocks.has(file))
    if (file) used.add(file)
    return file && blocks.get(file)
  }
  const pieces = new Map<string, Piece>()
  const piece = (key: string, text: string) =>
    pieces.set(key, compilePiece(text, `${where}, ${key}`, channel, block))
  let senderLines = 0
  piece('body', body)
  if (front.channel === 'email' && name !== shortTexts) {
    if (front.subject === undefined)
      throw new Refused(
        'bad-template',
        `${where}: subject is missing. docs/operator/texts.md shows what it should be.`,
      )
    piece('subject', front.subject)
  }
  if (front.channel === 'page') piece('title', front.title)
  if (front.channel === 'warning') {
    piece('sms', front.sms)
    piece('shortest', front.shortest)
  }
  if (front.channel === 'letter') {
    if ((body.match(/^\[panel\]$/gm) ?? []).length !== 1)
      throw new Refused(
        'bad-template',
        `${where}: must have one line with [panel], where time and place or the booking code stand.`,
      )
    piece('title', front.title)
    front.panel.forEach((row, i) => {
      piece(`panel.${i}.label`, row.label)
      piece(`panel.${i}.value`, row.value)
      if (row.more) piece(`panel.${i}.more`, row.more)
    })
    const file = blocks.get('letter.yaml')
    if (file === undefined)
      throw new Refused(
        'bad-template',
        `${where}: templates/_blocks/${language}/letter.yaml is missing.`,
      )
    used.add('letter.yaml')
    const furniture = readFrontMatter(
      furnitureSchema,
      file,
      `templates/_blocks/${language}/letter.yaml`,
    )
    senderLines = furniture.sender.length
    furniture.sender.forEach((line, i) => piece(`sender.${i}`, line))
    for (const key of ['reference', 'page', 'checkTitle', 'checkText'] as const)
      piece(key, furniture[key])
  }
  const sum = createHash('sha256').update(source)
  for (const file of [...used].sort()) sum.update(`\0${file}\0${blocks.get(file)}`)
  const hash = sum.digest('hex').slice(0, 8)
  const panel =
    front.channel === 'letter'
      ? front.panel.map((row) => ({ more: row.more !== undefined, big: row.big }))
      : []
  return {
    name,
    language,
    channel,
    version: `${front.version}-${hash}`,
    hash,
    source: front.source,
    lineLength: 'lineLength' in front ? front.lineLength : undefined,
    panel,
    senderLines,
    pieces,
  }
}

const isShort = (entry: string) => /^_blocks[\\/][^\\/]+[\\/](?:back|sms|email)\.hbs$/.test(entry)

/** What was compiled last of each file, and from what: a campaign's approval reads them all, and few have changed. */
const compiled = new Map<string, { source: string; blocks: string; template: Template }>()

function compiledTemplate(
  name: string,
  language: string,
  channel: Form,
  source: string,
  blocks: Map<string, string>,
): Template {
  const key = `${name}/${language}/${channel}`
  const said = [...blocks].flat().join('\0')
  const before = compiled.get(key)
  if (before?.source === source && before.blocks === said) return before.template
  const template = compileTemplate(name, language, channel, source, blocks)
  compiled.set(key, { source, blocks: said, template })
  return template
}

/**
 * Reads every template under a folder, and compiles those that have changed since they were read last.
 * @throws Refused `bad-template` naming the first file that is not as it should be
 */
export async function readTemplates(folder: string): Promise<Template[]> {
  const entries = await readdir(folder, { recursive: true }).catch(() => {
    throw new Refused('bad-template', `There are no templates in ${folder}.`)
  })
  const files = entries
    .filter((entry) => entry.endsWith('.hbs') && (!entry.startsWith('_') || isShort(entry)))
    .sort()
    .map((entry) => ({ entry, ...placeOf(entry) }))
  const languages = [...new Set(files.map(({ language }) => language))]
  const blocks = new Map(
    await Promise.all(
      languages.map(async (language) => [language, await readBlocksOf(folder, language)] as const),
    ),
  )
  const sources = await Promise.all(files.map(({ entry }) => readFile(join(folder, entry), 'utf8')))
  return files.map(({ entry, name, language, channel }, i) => {
    const template = compiledTemplate(name, language, channel, sources[i]!, blocks.get(language)!)
    if (language === fallbackLanguage && template.source)
      throw new Refused(
        'bad-template',
        `templates/${entry}: is Swedish, so it is the source and names none.`,
      )
    return template
  })
}

/** @throws Refused `bad-template` where no template belongs */
function placeOf(entry: string): { name: string; language: string; channel: Form } {
  const [name, language, file, more] = entry.split(/[\\/]/)
  const channel = [...forms, 'back' as const].find(
    (form) => file === `${form}.hbs` && (form !== 'back' || name === shortTexts),
  )
  if (!name || !language || !channel || more)
    throw new Refused(
      'bad-template',
      `templates/${entry}: a template belongs in <name>/<language>/ and is called ` +
        `${forms.map((form) => `${form}.hbs`).join(', ')}.`,
    )
  return { name, language, channel }
}
