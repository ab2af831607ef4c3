import { hash } from 'node:crypto'
import type pg from 'pg'
import { campaignNamed, type Campaign } from '../../campaigns/store.ts'
import type { Clock } from '../../clock.ts'
import type { Config } from '../../config.ts'
import { transaction, run, type Db } from '../../db/pool.ts'
import { Refused } from '../../errors.ts'
import { checkedLetter, type CheckedLetter, type Letter } from '../../letters/letter.ts'
import { letterPages } from '../../letters/render.ts'
import { signedCheckUrl } from '../../letters/signed-code.ts'
import { signingKey } from '../../letters/signing-key.ts'
import { addressLines, chooseAddress } from '../../people/address.ts'
import { dayOf } from '../../people/dates.ts'
import { printIdentityNumber } from '../../people/identity/identity.ts'
import { campaignFacts } from '../../texts/campaign-facts.ts'
import { textsThatMayLeave } from '../../texts/may-leave.ts'
import type { Texts } from '../../texts/texts.ts'
import { sheetOf } from '../compose.ts'
import {
  dropOutdated,
  insertLetters,
  markPosted,
  newCodes,
  peopleWithoutLetter,
  unpostedLetters,
  type MadeLetter,
  type ProtectedPerson,
  type Way,
} from './store.ts'

/** What they get, whatever the way of the campaign: no place or time is decided for them, they call. */
const template = 'invitation-by-phone'
/** The sheet that is the outer envelope's address, to Skatteverket. */
const cover = 'forwarding-cover'
/** Sealed envelopes in an outer one at most: Skatteverket takes several, and as many as this are no parcel. */
const outerHolds = 20

interface Deps {
  pool: pg.Pool
  clock: Clock
  config: Config
}

export interface ProtectedBatch {
  /** one letter after the other, to the addresses on record */
  ownAddress: CheckedLetter[]
  /** for each outer envelope its cover sheet, and then the letters that go into it, each in a sealed one of its own */
  forwarding: CheckedLetter[]
  /** letter, way, which outer envelope it goes into, and how many pages it has: what the one who packs ticks off */
  list: { letter: string; way: Way; outer: string; pages: number }[]
  /** who can't be written to, with the reason */
  faults: { personId: number; why: string }[]
}

/**
 * The letters of a campaign to those with a protected identity that are not posted yet; those that are missing are
 * made. Nobody gets a second letter for the same purpose, and what was made for an address is given up when the
 * address became secret. Each person is noted in the access log first. With skyddad folkbokföring only the identity
 * number is in the window of the inner envelope (docs/operator/protected.md).
 * @throws Refused `unknown-campaign`, `not-running`, `no-forwarding-address`, `no-name`
 */
export async function protectedLetters(
  { pool, clock, config }: Deps,
  name: string,
  actor: string,
): Promise<ProtectedBatch> {
  const { texts, refresh } = await textsThatMayLeave(pool, config)
  await refresh()
  const faults: ProtectedBatch['faults'] = []
  const letters = await transaction(pool, async (tx) => {
    const campaign = await running(tx, name, actor)
    await dropOutdated(tx, campaign.id)
    const people = await peopleWithoutLetter(tx, campaign.id, campaign.spec.languages)
    if (people.some(({ way }) => way === 'forwarding')) forwardingAddress(config)
    const codes = await newCodes(tx, people.length)
    const made = people.flatMap((person, i): MadeLetter[] => {
      try {
        return [letterTo(person, codes[i]!, campaign, texts, clock.now(), config)]
      } catch (error) {
        if (
          !(error instanceof Refused) ||
          !['bad-address', 'address-too-wide', 'missing-glyph', 'letter-too-long'].includes(
            error.code,
          )
        )
          throw error
        faults.push({
          personId: person.id,
          why: error.code === 'bad-address' ? error.message : error.code,
        })
        return []
      }
    })
    await insertLetters(tx, campaign, made, actor, clock.now())
    const unposted = await unpostedLetters(tx, campaign.id)
    await noteAccess(
      tx,
      unposted.map(({ personId }) => personId),
      actor,
      'protected letters',
      clock.now(),
    )
    return {
      campaign,
      unposted: unposted.map(({ way, content }) => ({
        way,
        letter: checkedLetter(JSON.parse(content.toString('utf8'))),
      })),
    }
  })
  const of = (way: Way) =>
    letters.unposted.filter((one) => one.way === way).map(({ letter }) => letter)
  const forwarded = of('forwarding')
  const outer = forwarded.length > 0 ? forwardingAddress(config) : []
  const outerOf = (i: number) => `omslag-${Math.floor(i / outerHolds) + 1}`
  return {
    ownAddress: of('own-address'),
    forwarding: forwarded.flatMap((letter, i) => [
      ...(i % outerHolds === 0
        ? [coverOf(outerOf(i), letter, outer, letters.campaign, texts, clock.now(), config)]
        : []),
      letter,
    ]),
    list: letters.unposted.map(({ way, letter }) => ({
      letter: letter.id,
      way,
      outer: way === 'forwarding' ? outerOf(forwarded.indexOf(letter)) : '',
      pages: letterPages(letter),
    })),
    faults,
  }
}

/** Notes that all letters that were made have been posted. @returns how many */
export async function protectedLettersPosted(
  { pool, clock }: Omit<Deps, 'config'>,
  name: string,
  actor: string,
): Promise<number> {
  return transaction(pool, async (tx) => {
    const campaign = await running(tx, name, actor)
    const people = await markPosted(tx, campaign.id, actor, clock.now())
    await noteAccess(tx, people, actor, 'protected letters posted', clock.now())
    return people.length
  })
}

async function running(tx: Db, name: string, actor: string): Promise<Campaign> {
  if (actor.trim() === '')
    throw new Refused('no-name', 'Say who does it: it is noted in the access log.')
  const campaign = await campaignNamed(tx, name, { lock: true })
  if (campaign.state !== 'running' && campaign.state !== 'finished')
    throw new Refused(
      'not-running',
      `${name} is ${campaign.state}: letters are made while it runs, and afterwards.`,
    )
  return campaign
}

const noteAccess = (
  tx: Db,
  people: number[],
  actor: string,
  action: string,
  now: Date,
): Promise<number> =>
  run(
    tx,
    'insert into access_log (at, actor, action, person_id) select $1, $2, $3, unnest($4::bigint[])',
    [now, actor, action, people],
  )

function letterTo(
  person: ProtectedPerson,
  { id, code }: { id: string; code: string },
  campaign: Campaign,
  texts: Texts,
  now: Date,
  config: Config,
): MadeLetter {
  const name = `${person.givenName} ${person.familyName}`
  const check = `${new URL(config.PUBLIC_URL).origin}/akta/${code}`
  const rendered = texts.render({
    template,
    channel: 'letter',
    language: person.language,
    facts: {
      ...campaignFacts(campaign.spec, config),
      person: { name },
      check: { code, url: check },
      campaignDate: now,
    },
  })
  if (rendered.kind !== 'letter') throw new Error('no letter')
  const letter: Letter = {
    id,
    addressLines:
      person.way === 'forwarding'
        ? [printIdentityNumber(person.identityNumber, dayOf(now))]
        : printable(name, person, campaign.spec.abroad),
    returnAddress: config.RETURN_ADDRESS,
    rendered,
    checkUrl: signedCheckUrl(
      check,
      { kind: 'invitation', date: dayOf(now), code },
      signingKey(config),
    ),
    largePrint: person.largePrint,
    ...sheetOf(config),
  }
  letterPages(letter) // what can't be drawn is known before it is kept
  const content = Buffer.from(JSON.stringify(letter))
  return {
    id,
    personId: person.id,
    way: person.way,
    language: rendered.language,
    template,
    version: rendered.version,
    checkCode: code,
    content,
    sha256: hash('sha256', content),
  }
}

function printable(
  name: string,
  { special, registered, foreign }: ProtectedPerson,
  abroad: boolean,
): string[] {
  const { lines, findings } = addressLines(
    name,
    chooseAddress({ special, registered, foreign }, abroad),
  )
  const error = findings.find(({ severity }) => severity === 'error')
  if (error) throw new Refused('bad-address', error.message)
  return lines
}

/**
 * It says nothing of anybody; its number is in the list, for the one who packs.
 * @param inner the first letter in it, whose code shows that the sheet is real
 */
function coverOf(
  id: string,
  inner: CheckedLetter,
  address: string[],
  { spec }: Campaign,
  texts: Texts,
  now: Date,
  config: Config,
): CheckedLetter {
  const [page = ''] = inner.checkUrl.split('#')
  const rendered = texts.render({
    template: cover,
    channel: 'letter',
    language: 'sv',
    facts: {
      ...campaignFacts(spec, config),
      person: { name: address[0] ?? '' },
      check: { code: page.slice(-8), url: page },
      campaignDate: now,
    },
  })
  return checkedLetter({
    id,
    addressLines: address,
    returnAddress: config.RETURN_ADDRESS,
    rendered,
    checkUrl: inner.checkUrl,
    ...sheetOf(config),
  })
}

function forwardingAddress({ FORWARDING_ADDRESS: address }: Config): string[] {
  const lines = (address ?? '')
    .split(',')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  if (lines.length >= 2) return lines
  throw new Refused(
    'no-forwarding-address',
    'Somebody has skyddad folkbokföring, and where Skatteverket takes post to send on is not set: ' +
      'FORWARDING_ADDRESS, lines with commas between.',
  )
}
