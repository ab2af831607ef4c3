/** What stands on the papers for the codes of the data, in Swedish. A code that is new stays as it is. */
const words = {
  need: {
    'home-care': 'hemsjukvård',
    sabo: 'särskilt boende',
    lss: 'LSS',
    anaphylaxis: 'svår allergisk reaktion',
    wheelchair: 'rullstol',
    interpreter: 'tolk',
  },
  reply: { confirmed: 'kommer', 'wants-to-cancel': 'vill avboka' },
  attendance: { booked: '', attended: 'kom', 'no-show': 'uteblev' },
  ordination: { asked: 'begärd', ordinated: 'ordinerad' },
  callReason: {
    'no-reachable-channel': 'nås inte på annat sätt',
    marked: 'ska ringas',
    'moved-time': 'har fått en ny tid och hinner inte få brevet',
    'lost-time': 'tiden är inställd och brevet hinner inte fram',
  },
  protection: {
    sekretessmarkering: 'sekretessmarkering',
    'skyddad-folkbokforing': 'skyddad folkbokföring',
  },
  postage: { first: '1:a-klass', economy: 'ekonomibrev' },
} satisfies Record<string, Record<string, string>>

export const paperWord = (kind: keyof typeof words, code: string): string =>
  (words[kind] as Record<string, string>)[code] ?? code

const numbers = new Intl.NumberFormat('sv-SE')

/** `1 personer` is not Swedish: a number with the word that goes with it. */
export const counted = (n: number, one: string, many: string): string =>
  `${numbers.format(n)} ${n === 1 ? one : many}`

/** `20020228-2388` */
export const shownIdentity = (normalized: string): string =>
  `${normalized.slice(0, 8)}-${normalized.slice(8)}`

/** Kept on one line. */
export const unbroken = (text: string): string => text.replaceAll(' ', '\u00a0')
