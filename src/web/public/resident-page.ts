import { readFileSync } from 'node:fs'
import type { Response } from 'express'
import Handlebars from 'handlebars'
import { shownPhone } from '../../texts/format.ts'
import { htmlLanguage, residentLanguages } from './language.ts'
import type { Words } from './words/sv.ts'

type Name = 'start' | 'times' | 'choose' | 'booked' | 'cancel' | 'message'

export interface Place {
  language: string
  region: { name: string; phone: string }
}

const read = (file: string): string => readFileSync(new URL(`boka/${file}.hbs`, import.meta.url), 'utf8')
const escaped = Handlebars.escapeExpression
const examples: Record<string, string> = { codeHint: '7KQ2-M9XP' }

const handlebars = Handlebars.create()
// A value in a sentence keeps its own direction (bdi): phones, codes and dates don't turn round in Arabic.
handlebars.registerHelper('say', (key: keyof Words, options: Handlebars.HelperOptions) => {
  const root = (options.data as { root: { words: Words; phone: string; phoneLink: string } }).root
  const fill: Record<string, string> = { example: examples[key] ?? '19440125', bankid: 'BankID', ...(options.hash as Record<string, string>) }
  const html = escaped(root.words[key]).replace(/\{(\w+)\}/g, (_, name: string) =>
    name === 'phone' && options.hash['plain'] ? `<bdi dir="ltr">${escaped(root.phone)}</bdi>` : name === 'phone' ? `<a class="phone" href="tel:${escaped(root.phoneLink)}"><bdi dir="ltr">${escaped(root.phone)}</bdi></a>` : `<bdi${name === 'example' ? ' class="whole"' : ''}>${escaped(fill[name] ?? '')}</bdi>`)
  return new Handlebars.SafeString(html)
})
handlebars.registerPartial('layout', read('layout'))
handlebars.registerPartial('visit', read('visit'))
const pages = Object.fromEntries((['start', 'times', 'choose', 'booked', 'cancel', 'message'] as const).map((name) => [name, handlebars.compile<object>(read(name), { strict: true, knownHelpers: { say: true } })])) as Record<Name, (values: object) => string>

export interface Shown {
  title: keyof Words
  /** below /boka/<language>, for the links to the other languages */
  path: string
  /** shows the way out */
  signedIn?: boolean
  /** words above the page that say what is wrong, each with the id of its field when it is about one */
  errors?: { key: keyof Words; field?: string }[]
  status?: number
}

/** Sends a page: plain HTML without script, kept by no cache. */
export function show(response: Response, place: Place, name: Name, { title, path, signedIn = false, errors = [], status = 200 }: Shown, values: Record<string, unknown> = {}): void {
  const words = residentLanguages[place.language]!
  const html = pages[name]({
    ...htmlLanguage(place.language), words, base: `/boka/${place.language}`, region: place.region.name, phone: shownPhone(place.region.phone), phoneLink: place.region.phone,
    title: `${errors.length ? `${words.error}: ` : ''}${words[title]}`, heading: words[title], signedIn, errors: errors.map(({ key, field = null }) => ({ key, field })), faults: { kod: null, fodd: null, ...Object.fromEntries(errors.map((e) => [e.field ?? '', e.key])) },
    languages: Object.entries(residentLanguages).map(([tag, w]) => ({ tag, ...htmlLanguage(tag), name: w.language, href: `/boka/${tag}${path}`, current: tag === place.language })),
    ...values,
  })
  response.status(status).type('html').send(html)
}
