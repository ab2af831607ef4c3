import type { ChannelState } from '../messages/send-gate.ts'
import { channelFault } from '../messages/send-gate.ts'
import { settingsOf } from '../channels/readiness.ts'
import { number, plainDay } from './format.ts'
import { reasonWord, word } from './words.ts'

/** What is found, for the command line and for the staff's page: one source, so that both say the same. */
export interface Said {
  text: string
  swedish: string
}

const kronorOf = (kronor: number): string => `${number(kronor)} kr`

/** Each thing that a look at a campaign can find (preflight.ts). Days are YYYY-MM-DD. */
export const findings = {
  ended: (state: string): Said => ({
    text: `It is ${state}: nothing more leaves. Correct or reissue it, or make another campaign.`,
    swedish: `Utskicket är ${word('campaign', state)}: inget mer går ut. Rätta det, kalla om eller gör ett nytt utskick.`,
  }),
  underWay: (state: string): Said => ({
    text: `It is ${state}: see campaign status and release outlook for its people.`,
    swedish: `Utskicket är igång (${word('campaign', state)}): se tratten för dess personer.`,
  }),
  queuedBehind: (name: string, left: number): Said => ({
    text:
      `${name} comes before it for the same times, with ${left} people left. Give the campaign a lower priority ` +
      'number if that is wrong.',
    swedish:
      `${name} går före om samma tider och har ${number(left)} personer kvar. Är det fel: ge utskicket ett lägre ` +
      'tal som priority.',
  }),
  channelAnswers: (channel: string): Said => ({
    text: `${channel}: configured, and answers.`,
    swedish: `Kanalen ${word('channel', channel)} är inställd och svarar.`,
  }),
  channelFault: (state: ChannelState): Said => ({
    text: channelFault(state),
    swedish:
      state.fault === 'not-configured'
        ? `Kanalen ${word('channel', state.channel)} är inte inställd. Sätt ${settingsOf[state.channel].join(' och ')}, ` +
          'eller ta bort kanalen ur kanalplanen.'
        : `Kanalen ${word('channel', state.channel)}: leverantören svarar inte. Se efter att den är igång och att ` +
          'adressen är rätt, och försök igen.',
  }),
  textsReady: (): Said => ({
    text: 'The texts are there, without errors, and may be sent in each language.',
    swedish: 'Texterna finns, är utan fel och får skickas på varje språk.',
  }),
  publicOnly: (): Said => ({
    text: "It is for the region's pages and feeds only: nobody is sent anything.",
    swedish: 'Det är bara för regionens sidor och flöden: ingen får något skickat.',
  }),
  noticeReaches: (told: number, people: number): Said => ({
    text: `${told} of ${people} get it.`,
    swedish: `${number(told)} av ${number(people)} personer får meddelandet.`,
  }),
  invited: (invited: number, cohort: number): Said => ({
    text: `${invited} of ${cohort} would be invited.`,
    swedish: `${number(invited)} av ${number(cohort)} i målgruppen skulle kallas.`,
  }),
  leftOut: (n: number, reason: string): Said => ({
    text: `${n} left out: ${reason}`,
    swedish: `${number(n)} utesluts: ${reasonWord(reason)}.`,
  }),
  places: (
    { area, invited, free, planned, tooSoon }: Places,
    firstDay: string,
    enough: boolean,
  ): Said => ({
    text:
      `${area}: ${invited} to invite, ${free} free times` +
      (planned ? `, ${planned} more if planned deliveries are confirmed` : '') +
      (tooSoon ? `; ${tooSoon} of them before ${firstDay}, when a message is there in time` : '') +
      (enough ? '.' : '. The rest wait for more times.'),
    swedish:
      `${area}: ${number(invited)} att kalla, ${number(free)} lediga tider` +
      (planned ? `, ${number(planned)} till om planerade leveranser bekräftas` : '') +
      (tooSoon
        ? `; ${number(tooSoon)} av dem före ${plainDay(firstDay)}, då ett meddelande hinner fram`
        : '') +
      (enough ? '.' : '. Resten väntar på fler tider.'),
  }),
  sendDays: (first: string, { low, mid, high }: Record<'low' | 'mid' | 'high', string>): Said => ({
    text: `First invitations: ${first}. Last likely: ${mid} (${low} to ${high}).`,
    swedish:
      `De första kallelserna går ut ${plainDay(first)}, de sista troligen ${plainDay(mid)} ` +
      `(${plainDay(low)} till ${plainDay(high)}).`,
  }),
  timedSendDays: (first: string, last: string, waiting: number): Said => ({
    text:
      `First invitations: ${first}. Last likely, of those for whom there is a time: ${last}.` +
      (waiting ? ` ${waiting} more are told when there are times for them.` : ''),
    swedish:
      `De första kallelserna går ut ${plainDay(first)}, de sista till dem som det finns tid för troligen ` +
      `${plainDay(last)}.` +
      (waiting ? ` ${number(waiting)} till får sin när det finns tider.` : ''),
  }),
  worstCalls: (calls: number): Said => ({
    text: `About ${calls} calls on the worst day.`,
    swedish: `Ungefär ${number(calls)} samtal den värsta dagen.`,
  }),
  findNoTime: (n: number): Said => ({
    text: `About ${n} would find no free time as supply is now.`,
    swedish: `Ungefär ${number(n)} skulle inte hitta någon ledig tid som leveranserna är nu.`,
  }),
  cost: (letters: number, smsParts: number, kronor: number | null): Said => ({
    text:
      `At most ${letters} letters and ${smsParts} parts of SMS` +
      (kronor === null
        ? '. Set PRICE_LETTER, PRICE_LETTER_ECONOMY and PRICE_SMS_PART to see what they cost.'
        : `: ${kronor} kronor.`),
    swedish:
      `Högst ${number(letters)} brev och ${number(smsParts)} SMS-delar` +
      (kronor === null
        ? '. Sätt PRICE_LETTER, PRICE_LETTER_ECONOMY och PRICE_SMS_PART för att se vad det kostar.'
        : `: ${kronorOf(kronor)}.`),
  }),
  inventedPhone: (): Said => ({
    text: 'REGION_PHONE is the number that belongs to nobody: nobody can call. Set it.',
    swedish: 'Regionens telefonnummer är ett som ingen har: ingen kan ringa. Sätt REGION_PHONE.',
  }),
  phonesUnknown: (): Said => ({
    text:
      'How many calls the phones take is not said, so they do not hold the numbers back. ' +
      'Set PHONE_CAPACITY.',
    swedish:
      'Hur många samtal telefonerna klarar är inte sagt, så de håller inte antalet nere. Sätt PHONE_CAPACITY.',
  }),
  phonesTake: (calls: number): Said => ({
    text: `The phones take ${calls} calls a working day.`,
    swedish: `Telefonerna klarar ${number(calls)} samtal en arbetsdag.`,
  }),
}

/** An area's people and places. */
export interface Places {
  area: string
  invited: number
  free: number
  /** in planned deliveries */
  planned: number
  /** free times that come before a message is there */
  tooSoon: number
}
