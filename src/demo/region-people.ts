import { testPersonnummer, testSamordningsnummer } from '../people/identity/test-number.ts'
import {
  careHomes,
  languageShares,
  names,
  streets,
  villages,
  type SampleLanguage,
} from './region-names.ts'
import type { Random } from './region-random.ts'

export interface Municipality {
  code: string
  name: string
  area: string
  /** how many of the 17 500 live there */
  people: number
  /** the first three digits */
  postcode: string
  town: string
  /** HSA-ids of its clinics where people are listed */
  clinics: readonly string[]
}

/** Columns of the people file that the sample uses; docs/integrator/file-formats-people.md. */
export const peopleColumns = [
  'identity_number',
  'replaces',
  'given_name',
  'family_name',
  'sex',
  'registered_care_of',
  'registered_street',
  'registered_apartment',
  'registered_postcode',
  'registered_town',
  'special_street',
  'special_postcode',
  'special_town',
  'foreign_street',
  'foreign_postcode',
  'foreign_town',
  'foreign_country',
  'municipality',
  'phone',
  'email',
  'language',
  'easy_read',
  'large_print',
  'household',
  'listed_clinic',
  'needs',
  'protection',
  'deceased',
  'emigrated',
  'opted_out',
] as const
export type PersonRow = Partial<Record<(typeof peopleColumns)[number], string>>

const abroad = [
  ['Calle Mayor 14', '29640', 'Fuengirola', 'ES'],
  ['Mannerheimintie 8', '00100', 'Helsinki', 'FI'],
  ['Storgata 20', '0184', 'Oslo', 'NO'],
  ['Bergstrasse 7', '10115', 'Berlin', 'DE'],
] as const
const days = 1826 // 1942-01-01 to 1946-12-31

/** How many people can be made: ten test numbers a day. */
export const mostPeople = days * 10

/**
 * Makes the people, in the order of the file. One human being is one of `count`; about two in a thousand have an
 * earlier
 * record, with a samordningsnummer, in the row before.
 */
export function* makePeople(
  random: Random,
  municipalities: readonly Municipality[],
  count: number,
): Generator<PersonRow> {
  const serials = random.shuffled(Array.from({ length: mostPeople }, (_, i) => i)).slice(0, count)
  const total = municipalities.reduce((sum, m) => sum + m.people, 0)
  let [from, share, households] = [0, 0, 0]
  for (const municipality of municipalities) {
    share += municipality.people
    const to = Math.round((share / total) * count)
    const people = serials.slice(from, to).map((n) => born(n))
    from = to
    const [women, men] = [
      people.filter((p) => p.sex === 'female'),
      people.filter((p) => p.sex === 'male'),
    ]
    const couples = Math.min(Math.round(people.length * 0.225), women.length, men.length) // 45 in 100 live with one of the others
    for (let i = 0; i < couples; i++) {
      const [language, home] = [random.weighted(languageShares), homeIn(random, municipality)]
      const shared: PersonRow = {
        ...home,
        family_name: random.pick(names[language].family),
        household: `H${++households}`,
        listed_clinic: listedAt(random, municipality, municipalities),
      }
      yield* records(random, municipality, women[i]!, language, shared)
      yield* records(
        random,
        municipality,
        men[i]!,
        language,
        random.chance(0.85)
          ? shared
          : { ...shared, family_name: random.pick(names[language].family) },
      )
    }
    for (const person of [...women.slice(couples), ...men.slice(couples)]) {
      const language = random.weighted(languageShares)
      const sabo = random.chance(0.06)
      const home = sabo
        ? {
            registered_care_of: random.pick(careHomes),
            registered_street: 'Storgatan 90',
            registered_apartment: String(random.whole(1001, 1340)),
            registered_postcode: `${municipality.postcode}30`,
            registered_town: municipality.town,
          }
        : homeIn(random, municipality)
      yield* records(random, municipality, person, language, {
        ...home,
        family_name: random.pick(names[language].family),
        listed_clinic: listedAt(random, municipality, municipalities),
        ...(sabo ? { needs: 'sabo' } : {}),
      })
    }
  }
}

interface Born {
  date: string
  serial: number
  sex: 'female' | 'male'
}

function born(n: number): Born {
  const serial = 980 + (n % 10)
  return {
    date: dayAfter(Date.UTC(1942, 0, 1), Math.floor(n / 10)),
    serial,
    sex: serial % 2 ? 'male' : 'female',
  }
}

/** YYYY-MM-DD, so many days after a day */
const dayAfter = (start: number, days: number): string =>
  new Date(start + days * 86_400_000).toISOString().slice(0, 10)

function homeIn(random: Random, { postcode, town }: Municipality): PersonRow {
  const code = `${postcode}${random.whole(30, 98)}`
  if (random.chance(0.25))
    return {
      registered_street: `${random.pick(villages)} ${random.whole(1, 180)}`,
      registered_postcode: code,
      registered_town: town,
    }
  const flat = random.chance(0.45) ? String(random.whole(10, 14) * 100 + random.whole(1, 6)) : ''
  return {
    registered_street: `${random.pick(streets)} ${random.whole(1, 60)}${random.chance(0.15) ? ' B' : ''}`,
    registered_apartment: flat,
    registered_postcode: code,
    registered_town: town,
  }
}

function listedAt(random: Random, own: Municipality, all: readonly Municipality[]): string {
  if (random.chance(0.04)) return ''
  if (random.chance(0.003)) return 'SE2321000180-9999' // a clinic that has closed
  return random.pick(random.chance(0.97) ? own.clinics : random.pick(all).clinics)
}

function* records(
  random: Random,
  municipality: Municipality,
  { date, serial, sex }: Born,
  language: SampleLanguage,
  home: PersonRow,
): Generator<PersonRow> {
  const newcomer = language !== 'sv' && random.chance(0.05)
  const replaced = random.chance(0.002)
  const needs = new Set((home.needs ?? '').split('|').filter(Boolean))
  if (random.chance(needs.has('sabo') ? 0 : 0.08)) needs.add('home-care')
  if (random.chance(0.004)) needs.add('lss')
  if (random.chance(0.005)) needs.add('anaphylaxis')
  if (random.chance(needs.has('sabo') ? 0.3 : 0.01)) needs.add('wheelchair')
  if (!['sv', 'en'].includes(language) && random.chance(0.5)) needs.add('interpreter')
  const person: PersonRow = {
    ...home,
    identity_number: newcomer
      ? testSamordningsnummer(date, serial)
      : testPersonnummer(date, serial),
    given_name: random.pick(names[language][sex]),
    sex,
    municipality: municipality.code,
    language,
    easy_read: random.chance(language === 'sv' ? 0.03 : 0) ? 'yes' : 'no',
    large_print: random.chance(0.02) ? 'yes' : 'no',
    phone: phone(random),
    needs: [...needs].join('|'),
    opted_out: random.chance(0.005) ? 'yes' : 'no',
    protection: 'none',
  }
  if (random.chance(0.4))
    person.email = `${plain(person.given_name!)}.${plain(person.family_name!)}${date.slice(2, 4)}${random.whole(10, 99)}@post.example`
  if (!home.registered_care_of && random.chance(0.01))
    person.registered_care_of = `${random.pick(names.sv.female)} ${random.pick(names.sv.family)}`
  if (random.chance(0.01))
    Object.assign(person, {
      special_street: `Box ${random.whole(10, 990)}`,
      special_postcode: `${municipality.postcode}22`,
      special_town: municipality.town,
    })
  moveOn(random, person)
  if (replaced && !newcomer) {
    const earlier = testSamordningsnummer(date, serial)
    yield { ...person, identity_number: earlier }
    yield { ...person, replaces: earlier }
  } else yield person
}

/** One in a hundred is protected, one dead, one abroad (half of them for good). */
function moveOn(random: Random, person: PersonRow): void {
  const fate = random.next()
  const [street, postcode, town, country] = random.pick(abroad)
  const foreign: PersonRow = {
    foreign_street: street,
    foreign_postcode: postcode,
    foreign_town: town,
    foreign_country: country,
  }
  if (fate < 0.005) person.protection = 'sekretessmarkering'
  else if (fate < 0.01) {
    person.protection = 'skyddad-folkbokforing' // the register gives no address
    for (const column of peopleColumns)
      if (/^(registered|special)_/.test(column)) person[column] = ''
  } else if (fate < 0.02) person.deceased = dayAfter(Date.UTC(2020, 2, 1), random.whole(0, 360))
  else if (fate < 0.025) Object.assign(person, foreign)
  else if (fate < 0.03) {
    for (const column of peopleColumns)
      if (/^(registered|special)_/.test(column)) person[column] = ''
    Object.assign(person, foreign, {
      emigrated: dayAfter(Date.UTC(2018, 0, 1), random.whole(0, 1100)),
      municipality: '',
      household: '',
    })
  }
}

/** Mobiles and other phones from PTS's series for fiction, which are short: many people share a number. */
function phone(random: Random): string {
  if (random.chance(0.7)) return `+4670174${String(random.whole(605, 699)).padStart(4, '0')}`
  return random.chance(0.5) ? `+46980319${random.whole(200, 299)}` : ''
}

const plain = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll('ł', 'l')
    .normalize('NFD')
    .replace(/[^a-z]/g, '')
