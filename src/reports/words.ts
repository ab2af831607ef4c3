import { reasons } from '../campaigns/reasons.ts'
import { heldWhy } from '../campaigns/store.ts'
import { pausedForTexts } from '../campaigns/text-versions.ts'

/**
 * The words of docs/glossary.md as they stand on screens and in reports: the code of a state, step or channel →
 * Swedish.
 */
const words: Record<string, Record<string, string>> = {
  campaign: {
    draft: 'utkast',
    approved: 'godkänt',
    planning: 'planeras',
    running: 'pågår',
    paused: 'pausat',
    finished: 'klart',
    cancelled: 'avbrutet',
  },
  way: {
    timed: 'tidsatt kallelse (fast tid och plats)',
    open: 'öppen kallelse (bokar själv)',
    notice: 'meddelande till allmänheten',
  },
  'invitation-open': {
    suppressed: 'utesluten',
    waiting: 'väntar',
    planned: 'står på tur',
    released: 'kallad, har inte bokat',
    answered: 'har bokat',
    declined: 'har tackat nej',
    expired: 'kallad, svarade inte i tid',
    superseded: 'har fått en ny kallelse',
    withdrawn: 'återtagen',
  },
  'invitation-timed': {
    suppressed: 'utesluten',
    waiting: 'väntar på tid',
    planned: 'har fått tid, ska kallas',
    released: 'kallad till fast tid',
    answered: 'har bokat om',
    declined: 'har tackat nej',
    expired: 'tiden gick ut',
    superseded: 'har fått en ny kallelse',
    withdrawn: 'återtagen',
  },
  'invitation-notice': {
    suppressed: 'utesluten',
    waiting: 'väntar på besked',
    planned: 'står på tur',
    released: 'har fått meddelandet',
    answered: 'har svarat',
    declined: 'har tackat nej',
    expired: 'tiden gick ut',
    superseded: 'har fått ett nytt meddelande',
    withdrawn: 'återtagen',
  },
  message: {
    queued: 'i kö',
    sending: 'skickas',
    'in-doubt': 'oklart',
    sent: 'skickat',
    delivered: 'levererat',
    failed: 'misslyckat',
    suppressed: 'stoppat',
    recalled: 'återkallat',
  },
  batch: {
    open: 'öppen',
    sealed: 'förseglad',
    'handing-over': 'överlämnas',
    'handed-over': 'överlämnad',
    void: 'makulerad',
  },
  channel: { letter: 'brev', sms: 'SMS', email: 'e-post' },
  step: {
    invitation: 'kallelse',
    reminder: 'påminnelse',
    'fraud-warning': 'varning för bedragare',
    correction: 'rättelse',
    information: 'information',
    confirmation: 'bokningsbekräftelse',
    'confirmation:kept': 'besked om vilken tid som gäller',
    queue: 'besked om köplats',
    'appointment-reminder': 'påminnelse om tid',
    'reserve-offer': 'erbjudande från reservlistan',
    'reserve-confirmed': 'bekräftelse från reservlistan',
    'reserve-thanks': 'tack från reservlistan',
  },
  offer: {
    waiting: 'väntar på sin tur',
    offered: 'tillfrågad',
    accepted: 'har tagit platsen',
    declined: 'har tackat nej',
    thanked: 'platserna var tagna',
    expired: 'svarade inte i tid',
    'passed-over': 'gick inte att fråga',
    'not-needed': 'behövde inte frågas',
  },
  ordination: {
    asked: 'ordination begärd',
    ordinated: 'ordinerad',
    done: 'vaccinerad',
    'wants-clinic': 'vill till mottagning',
  },
  madeBy: {
    person: 'av personen själv',
    clinic: 'av mottagningen',
    assigned: 'tilldelad fast tid',
    import: 'inläst från bokningssystem',
  },
  bound: {
    capacity: 'vad tiderna väntas räcka till',
    remaining: 'alla är kallade',
    hard: 'det högsta tillåtna',
    phone: 'telefonerna',
    'not-working': 'inga utskick den dagen',
    paused: 'pausat',
  },
  messageReason: {
    'invitation-superseded': 'har fått en ny kallelse',
    superseded: 'har fått en ny kallelse',
    'invitation-withdrawn': 'kallelsen är återtagen',
    'invitation-expired': 'kallelsen har gått ut',
    'invitation-declined': 'har tackat nej',
    'no-mobile': 'inget mobilnummer, eller har svarat STOPP',
    'no-email': 'ingen e-postadress, eller en som e-post har kommit tillbaka från',
    'appointment-ended': 'tiden är avbokad eller ombokad',
    'offer-ended': 'erbjudandet gällde inte längre',
    'next-channel': 'en annan kanal har tagit över',
    // what providers answer, or we of them: channels/*-answers.ts and their reports
    'account-barred': 'vårt konto är spärrat hos leverantören',
    'already-held': 'leverantören har redan meddelandet',
    'bad-sequence': 'förbindelsen med e-postservern kom i olag',
    expired: 'gick inte att leverera i tid',
    failed: 'leverantören kunde inte leverera det',
    forbidden: 'leverantören nekar oss att skicka',
    'invalid-mailbox': 'e-postadressen är felaktig',
    'invalid-message': 'leverantören godtar inte meddelandet',
    'invalid-number': 'mobilnumret är felaktigt',
    'invalid-parameter': 'leverantören godtar inte det vi skickade',
    'low-balance': 'vårt konto hos leverantören är tomt',
    'mailbox-busy': 'brevlådan är upptagen',
    'mailbox-disabled': 'brevlådan är avstängd',
    'mailbox-full': 'brevlådan är full',
    'missing-parameter': 'leverantören saknar något i det vi skickade',
    'no-message-id': 'leverantören gav ingen kvittens',
    'not-configured': 'kanalen är inte inställd',
    'not-enabled': 'tjänsten är inte påslagen hos leverantören',
    'not-submitted': 'leverantören tog inte emot det',
    'number-barred': 'mobilnumret är spärrat',
    'number-not-allowed': 'leverantören får inte skicka till mobilnumret',
    'provider-error': 'fel hos leverantören',
    'provider-timeout': 'leverantören svarade inte i tid',
    refused: 'mottagarens e-postserver tog inte emot det',
    rejected: 'mottagarens operatör tog inte emot det',
    'relay-closing': 'e-postservern stängde',
    'relay-error': 'fel hos e-postservern',
    'relay-full': 'e-postservern är full',
    'sender-refused': 'vår avsändare godtas inte',
    throttled: 'för många på en gång för leverantören',
    timeout: 'inget svar i tid',
    'tls-failed': 'förbindelsen kunde inte krypteras',
    'too-long': 'meddelandet är för långt',
    unauthorized: 'leverantören godtar inte vår inloggning',
    undelivered: 'e-posten kom tillbaka',
    undeliverable: 'går inte att leverera till numret',
    'unknown-mailbox': 'e-postadressen finns inte',
    'unknown-subscriber': 'mobilnumret är inte i bruk',
    unreachable: 'leverantören gick inte att nå',
    'wrong-address': 'leverantörens adress är fel inställd',
  },
}

export type WordKind =
  | 'campaign'
  | 'way'
  | 'invitation-open'
  | 'invitation-timed'
  | 'invitation-notice'
  | 'offer'
  | 'ordination'
  | 'message'
  | 'batch'
  | 'channel'
  | 'step'
  | 'madeBy'
  | 'bound'

/** The Swedish word for a code; the code itself when it is new. */
export const word = (kind: WordKind, code: string): string => words[kind]?.[code] ?? code

/** The codes of a kind, in the order in which they are shown. */
export const codes = (kind: WordKind): string[] => Object.keys(words[kind] ?? {})

/** Why somebody was left out, or a message stopped; a code that only the provider knows stays as it is. */
export const reasonWord = (code: string): string =>
  (reasons as Record<string, string>)[code] ?? words['messageReason']?.[code] ?? code

const pauses: Record<string, string> = {
  [heldWhy]: 'planen är gjord, inget är släppt än',
  'release: supply-cut': 'mottagningarna har mist tider',
  'release: failed-searches': 'för många söker utan att hitta någon tid',
  'release: calls': 'för många ringer',
  'release: stale-feed': 'det kommer inga bokningar längre',
}
const accountFaults: Record<string, string> = {
  'not-configured': 'kanalen är inte inställd',
  unauthorized: 'leverantören godtar inte vår inloggning',
  'low-balance': 'vårt konto hos leverantören är tomt',
}

/** Why a campaign was paused: what the program noted, in Swedish; what a person wrote stays as it is. */
export function pauseWord(why: string): string {
  if (why.startsWith(pausedForTexts))
    return `texterna har ändrats, två personer måste godkänna dem: ${why.slice(pausedForTexts.length)}`
  const [, channel, code] = /^(sms|email): ([a-z0-9-]+)$/.exec(why) ?? []
  return (
    pauses[why] ??
    (channel && code
      ? `${word('channel', channel)}: ${accountFaults[code] ?? words['messageReason']?.[code] ?? code}`
      : why)
  )
}
