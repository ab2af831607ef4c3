import { readFileSync } from 'node:fs'
import type { Response } from 'express'
import Handlebars from 'handlebars'
import { shownPhone } from '../../texts/format.ts'
import { htmlLanguage, residentLanguages } from './language.ts'
import type { Words } from './words/sv.ts'

export interface Place {
  language: string
  region: { name: string; phone: string }
}

const read = (file: string): string => readFileSync(new URL(`${file}.hbs`, import.meta.url), 'utf8')
const escaped = Handlebars.escapeExpression
const examples: Record<string, string> = { codeHint: '7KQ2-M9XP' }

const handlebars = Handlebars.create()
// A value in a sentence keeps its own direction (bdi): phones, codes and dates don't turn round in Arabic.
handlebars.registerHelper('say', (key: string, options: Handlebars.HelperOptions) => {
  const root = (
    options.data as { root: { words: Record<string, string>; phone: string; phoneLink: string } }
  ).root
  const fill: Record<string, string> = {
    example: examples[key] ?? '19440125',
    bankid: 'BankID',
    emergency: '112',
    police: '114 14',
    ...(options.hash as Record<string, string>),
  }
  const html = escaped(root.words[key] ?? '').replace(/\{(\w+)\}/g, (_, name: string) =>
    name === 'phone' && options.hash['plain']
      ? `<bdi dir="ltr">${escaped(root.phone)}</bdi>`
      : name === 'phone'
        ? `<a class="phone" href="tel:${escaped(root.phoneLink)}"><bdi dir="ltr">${escaped(root.phone)}</bdi></a>`
        : `<bdi${name === 'example' ? ' class="whole"' : name === 'emergency' || name === 'police' ? ' class="whole" dir="ltr"' : ''}>${escaped(fill[name] ?? '')}</bdi>`,
  )
  return new Handlebars.SafeString(html)
})
handlebars.registerPartial('layout', read('boka/layout'))
handlebars.registerPartial('visit', read('boka/visit'))

export interface PageValues<W = Words> {
  title: keyof W & string
  /** what the title's {…} stand for */
  titleValues?: Record<string, string>
  /** below /boka/<language>, for the links to the other languages */
  path: string
  /** shows the way out */
  signedIn?: boolean
  /** words above the page that say what is wrong, each with the id of its field when it is about one */
  errors?: { key: keyof W & string; field?: string }[]
  status?: number
}

/**
 * Pages of one kind in the residents' languages: how one of them is sent, as plain HTML without script, kept by no
 * cache.
 * @param folder where their templates are, and where they stand: /<folder>/<language>
 */
export function residentPages<W extends Words, N extends string>(
  folder: string,
  names: readonly N[],
  languages: Record<string, W>,
) {
  const pages = Object.fromEntries(
    names.map((name) => [
      name,
      handlebars.compile<object>(read(`${folder}/${name}`), {
        strict: true,
        knownHelpers: { say: true },
      }),
    ]),
  ) as Record<N, (values: object) => string>
  return (
    response: Response,
    place: Place,
    name: N,
    { title, titleValues = {}, path, signedIn = false, errors = [], status = 200 }: PageValues<W>,
    values: Record<string, unknown> = {},
  ): void => {
    const words: Record<string, string> = languages[place.language]!
    const heading = words[title]!.replace(/\{(\w+)\}/g, (_, key: string) => titleValues[key] ?? '')
    const html = pages[name]({
      ...htmlLanguage(place.language),
      words,
      base: `/${folder}/${place.language}`,
      region: place.region.name,
      phone: shownPhone(place.region.phone),
      phoneLink: place.region.phone,
      title: `${errors.length ? `${words['error']}: ` : ''}${heading}`,
      heading,
      signedIn,
      refresh: null,
      errors: errors.map(({ key, field = null }) => ({ key, field })),
      faults: {
        kod: null,
        fodd: null,
        channel: null,
        ...Object.fromEntries(errors.map((e) => [e.field ?? '', e.key])),
      },
      languages: Object.entries(languages).map(([tag, w]) => ({
        tag,
        ...htmlLanguage(tag),
        name: w.language,
        href: `/${folder}/${tag}${path}`,
        current: tag === place.language,
      })),
      ...values,
    })
    response.status(status).type('html').send(html)
  }
}

/** Sends a page of /boka. */
export const show = residentPages(
  'boka',
  ['start', 'line', 'times', 'choose', 'booked', 'cancel', 'message', 'reserve', 'leave'],
  residentLanguages,
)
