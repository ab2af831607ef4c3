import type { CampaignState } from '../campaigns/store.ts'
import type { CohortRule } from '../cohorts/rule.ts'

/** Who a cohort's rule means, as people say it: never more exact than the rule is. */
interface Who {
  sv: string
  en: string
}

const range = (from: number | undefined, to: number | undefined): Who => {
  if (from === undefined) return { sv: `${to} eller tidigare`, en: `in ${to} or earlier` }
  if (to === undefined) return { sv: `${from} eller senare`, en: `in ${from} or later` }
  return from === to
    ? { sv: `${from}`, en: `in ${from}` }
    : { sv: `${from}–${to}`, en: `between ${from} and ${to}` }
}

const broad = new Set(['born', 'age', 'needs', 'notGiven', 'notBooked', 'cohabitants'])

/** Birth years; ages where the rule counts them on another day than New Year's Eve; else those who are invited. */
function whoOf({ born, age, ...rest }: CohortRule): Who {
  const invited = { sv: 'som hör till dem som kallas', en: 'who belongs to those invited' }
  // somewhere else in the region, or in a group: years alone would promise too many a time
  const narrower = Object.entries(rest).some(
    ([name, value]) => value !== undefined && !broad.has(name),
  )
  const years = born ?? yearsOf(age)
  const own = years ? range(years.from, years.to) : undefined
  const who = own ? { sv: `som är född ${own.sv}`, en: `born ${own.en}` } : age && agesOf(age)
  if (!who) return invited
  return narrower || (born && age)
    ? { sv: `${who.sv} och hör till dem som kallas`, en: `${who.en} and among those invited` }
    : who
}

type Age = NonNullable<CohortRule['age']>

/** Whole ages on New Year's Eve are birth years. */
function yearsOf(age: Age | undefined) {
  if (!age?.on.endsWith('-12-31')) return undefined
  const year = Number(age.on.slice(0, 4))
  return {
    from: age.to === undefined ? undefined : year - age.to,
    to: age.from === undefined ? undefined : year - age.from,
  }
}

function agesOf({ on, from, to }: Age): Who {
  if (to === undefined)
    return { sv: `som är minst ${from} år den ${on}`, en: `aged ${from} or more on ${on}` }
  if (from === undefined)
    return { sv: `som är högst ${to} år den ${on}`, en: `aged ${to} or less on ${on}` }
  return { sv: `som är ${from}–${to} år den ${on}`, en: `aged ${from} to ${to} on ${on}` }
}

/** What a sentence says in both languages of staff's texts. */
type Said = Record<'sv' | 'en', string>

const calledOff: Record<'open' | 'timed', Said> = {
  open: {
    sv: 'Utskicket är avbrutet. Ingen kan boka en ny tid nu.',
    en: 'The invitations have been called off. Nobody can book a new time now.',
  },
  timed: {
    sv: 'Utskicket är avbrutet. Tider som redan är sagda i brev gäller. Ingen får en ny tid nu.',
    en: 'The invitations have been called off. Times that letters have told of stand. Nobody gets a new time now.',
  },
}

/** Who has a letter goes on as it says; who is without one waits until the campaign runs (bookings/eligibility.ts). */
const noNewOnes: Record<'paused' | 'finished', Record<'open' | 'timed', Said>> = {
  paused: {
    open: {
      sv: 'Utskicket är pausat. Den som har fått ett brev kan boka. Den som är utan brev får vänta.',
      en: 'The invitations are paused. Those who have a letter can book. Those without a letter wait.',
    },
    timed: {
      sv: 'Utskicket är pausat. Tider som redan är sagda i brev gäller. Den som är utan brev får vänta.',
      en: 'The invitations are paused. Times that letters have told of stand. Those without a letter wait.',
    },
  },
  finished: {
    open: {
      sv: 'Alla brev har gått ut. Den som har fått ett brev kan boka. Ingen annan kan boka nu.',
      en: 'All letters have been sent. Those who have a letter can book. Nobody else can book now.',
    },
    timed: {
      sv: 'Alla brev har gått ut. Tiden i brevet gäller. Ingen annan får en tid nu.',
      en: 'All letters have been sent. The time in the letter stands. Nobody else gets a time now.',
    },
  },
}

const cohabitants = (rule: CohortRule): Said =>
  rule.cohabitants
    ? {
        sv: 'Den som bor ihop med någon av dem kan också boka.',
        en: 'Those who live with one of them can book too.',
      }
    : {
        sv: 'Den som bor ihop med någon av dem väntar på sin egen tur.',
        en: 'Those who live with one of them wait for their own turn.',
      }

/**
 * Who may book now, or gets a fixed time, from the campaign's own rule, way and state and never written by hand: the card
 * at 1177.se, the voice on the line and the letter can't say different things. While it runs, members of the cohort who
 * got no letter may have a time as well.
 */
export function whoMayBook(rule: CohortRule, state: CampaignState, way: 'open' | 'timed'): Said {
  const who = whoOf(rule)
  if (state === 'cancelled') return calledOff[way]
  if (state === 'paused' || state === 'finished') return noNewOnes[state][way]
  const home = cohabitants(rule)
  if (state === 'running')
    return way === 'open'
      ? {
          sv: `Den ${who.sv} kan boka nu. Det gäller också den som är utan brev. ${home.sv}`,
          en: `Anyone ${who.en} can book now, also those without a letter. ${home.en}`,
        }
      : {
          sv:
            `Den ${who.sv} får ett brev med dag, tid och plats och behöver inte boka själv. ` +
            `Den som är utan brev kan ringa och få en ledig tid. ${home.sv}`,
          en:
            `Anyone ${who.en} gets a letter with day, time and place and need not book. ` +
            `Those without a letter can call and get a free time. ${home.en}`,
        }
  return way === 'open'
    ? {
        sv: `Bokningen har inte öppnat än. Den ska gälla den ${who.sv}.`,
        en: `Booking has not opened yet. It will be for anyone ${who.en}.`,
      }
    : {
        sv: `Breven har inte gått ut än. Den ${who.sv} ska få ett brev med dag, tid och plats.`,
        en: `No letters have been sent yet. Anyone ${who.en} will get a letter with day, time and place.`,
      }
}
