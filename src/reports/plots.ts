import { reasons } from '../campaigns/reasons.ts'
import { colours, daysChart, partsChart, type Series } from './charts.ts'
import type { WaveLine } from './campaign-figures.ts'
import { sum, type CampaignFigures } from './figures.ts'
import { everyDay, longDay, number, percent, shortDay } from './format.ts'
import type { Plot } from './view.ts'
import { table } from './table.ts'
import { reasonWord, word } from './words.ts'

// From those left out to those who have booked; a state's colour is the same in every campaign.
const order = [
  'suppressed',
  'withdrawn',
  'waiting',
  'planned',
  'released',
  'expired',
  'superseded',
  'declined',
  'answered',
]
const stateColour: Record<string, string> = {
  suppressed: colours.grey,
  withdrawn: colours.grey,
  waiting: colours.yellow,
  planned: colours.yellow,
  released: colours.lightBlue,
  expired: colours.orange,
  superseded: colours.purple,
  declined: colours.orange,
  answered: colours.green,
}
const reasonOrder = Object.keys(reasons)

/** Every member of the cohort, by state and reason: together they are the cohort. */
export function funnelPlot(campaign: CampaignFigures): Plot {
  const size = campaign.cohortSize ?? 0
  const invitation = `invitation-${campaign.way}` as const
  const parts = [...campaign.funnel]
    .sort(
      (a, b) =>
        order.indexOf(a.state) - order.indexOf(b.state) ||
        reasonOrder.indexOf(a.reason ?? '') - reasonOrder.indexOf(b.reason ?? ''),
    )
    .map((line) => ({
      ...line,
      colour: stateColour[line.state] ?? colours.grey,
      state: word(invitation, line.state),
      reason: line.reason === null ? '' : reasonWord(line.reason),
    }))
  const label = (part: { state: string; reason: string }) =>
    part.reason ? `${part.state}: ${part.reason}` : part.state
  const whole = { label: 'målgruppen', number: size, colour: colours.blue }
  const alt =
    `Liggande staplar: av ${number(size)} i målgruppen är ` +
    `${parts.map((part) => `${number(part.number)} i läget ${label(part)}`).join(', ')}.`
  return {
    caption: 'Målgruppen, läge för läge',
    svg: partsChart(
      whole,
      parts.map((part) => ({
        label: part.reason || part.state,
        number: part.number,
        colour: part.colour,
      })),
      alt,
    ),
    note:
      'Varje stapel börjar där den förra slutade. Tillsammans fyller de målgruppen. Grå staplar är uteslutna, ' +
      'med anledningen.',
    table: table(
      'Personer i varje läge',
      ['Läge', 'Anledning', '#Personer', '#Andel'],
      parts.map((part) => [part.state, part.reason, part.number, percent(part.number, size)]),
      ['Summa', '', sum(parts), percent(sum(parts), size)],
    ),
  }
}

/** What was released each day, on top of what was out already, against the places there were. */
export function wavePlot(campaign: CampaignFigures): Plot {
  const days = everyDay(campaign.waves.map((wave) => wave.day))
  const total = (of: 'number' | 'free' | 'live') =>
    days.map((day) =>
      campaign.waves.filter((wave) => wave.day === day).reduce((n, wave) => n + wave[of], 0),
    )
  const released: Series = {
    label: 'kallelser som släpptes',
    kind: 'bar',
    colour: colours.blue,
    values: total('number'),
  }
  const open = campaign.way === 'open'
  const waveDays = new Set(campaign.waves.map((wave) => wave.day))
  const free = total('free').map((n, i) => (waveDays.has(days[i]!) ? n : Number.NaN))
  const series: Series[] = open
    ? [
        {
          label: 'kallelser ute utan svar',
          kind: 'bar',
          colour: colours.lightBlue,
          values: total('live'),
        },
        released,
        { label: 'lediga tider', kind: 'line', colour: colours.orange, values: free },
      ]
    : [released]
  const first = campaign.waves.reduce((a, b) => (a.day < b.day ? a : b)).day
  const releaseDays = new Set(
    campaign.waves.filter((wave) => wave.number > 0).map((wave) => wave.day),
  ).size
  const said = campaign.waves.some((wave) => wave.said > 0)
  const alt =
    `Staplar dag för dag från ${longDay(days[0]!)} till ${longDay(days.at(-1)!)}: ` +
    `${number(sum(campaign.waves))} kallelser släpptes, på ${releaseDays} av ${waveDays.size} dagar, ` +
    `${number(sum(campaign.waves.filter((w) => w.day === first)))} den första ` +
    `dagen.${open ? ' En linje visar de lediga tiderna, som staplarna hålls under.' : ''}`
  return {
    caption: open ? 'Kallelser som släpptes, mot lediga tider samma dag' : 'Kallelser som släpptes',
    svg: daysChart(days.map(shortDay), series, open ? 'kallelser, tider' : 'kallelser', alt),
    note: open
      ? `Räknat i de områden där någon stod på tur den dagen. ${againstPlaces(campaign.waves)}` +
        (said
          ? ' Sagda tider är de som någon har sagt ska komma, efter den sista planerade dagen.'
          : '')
      : 'Var och en har redan sin tid när kallelsen släpps.',
    table: table(
      'Omgångar',
      [
        'Dag',
        'Område',
        '#Släppta',
        ...(open ? ['#Lediga tider', ...(said ? ['#Sagda tider'] : []), '#Ute utan svar'] : []),
        '#Stod på tur',
        'Begränsades av',
      ],
      campaign.waves.map((wave) => [
        longDay(wave.day),
        wave.area,
        wave.number,
        ...(open ? [wave.free, ...(said ? [wave.said] : []), wave.live] : []),
        wave.remaining,
        word('bound', wave.bound),
      ]),
      ['Summa', '', sum(campaign.waves), ...(open ? ['', ''] : []), ...(said ? [''] : []), '', ''],
    ),
  }
}

/** Says whether the waves kept to the places: looked up for each area and day, not promised. */
function againstPlaces(waves: WaveLine[]): string {
  const released = waves.filter((wave) => wave.number > 0)
  const above = released.filter((wave) => wave.number + wave.live > wave.free).length
  return above === 0
    ? 'När kallelser släpptes gick de, tillsammans med de obesvarade, aldrig över de lediga tiderna i området.'
    : `I ${number(above)} av ${number(released.length)} omgångar gick de släppta kallelserna, tillsammans med ` +
        'de obesvarade, över de lediga tiderna i området.'
}

const makers = [
  ['person', colours.green],
  ['clinic', colours.purple],
  ['assigned', colours.blue],
  ['import', colours.grey],
] as const

/** Who booked when, and how many searches found no time. */
export function bookingPlot(campaign: CampaignFigures): Plot {
  const days = everyDay([...campaign.bookings, ...campaign.searches].map((line) => line.day))
  const used = makers.filter(([madeBy]) => campaign.bookings.some((line) => line.madeBy === madeBy))
  const on = (day: string, madeBy?: string) =>
    sum(campaign.bookings.filter((line) => line.day === day && (!madeBy || line.madeBy === madeBy)))
  const searches = days.map((day) => sum(campaign.searches.filter((line) => line.day === day)))
  const series: Series[] = used.map(([madeBy, colour]) => ({
    label: word('madeBy', madeBy),
    kind: 'bar',
    colour,
    values: days.map((day) => on(day, madeBy)),
  }))
  if (campaign.searches.length)
    series.push({
      label: 'sökningar som inte gav någon tid',
      kind: 'line',
      colour: colours.orange,
      values: searches,
    })
  const people = campaign.searches.reduce((n, line) => n + line.people, 0)
  const best = days.reduce((a, b) => (on(b) > on(a) ? b : a), days[0]!)
  const ended = (day?: string) =>
    campaign.bookings
      .filter((line) => !day || line.day === day)
      .reduce((n, line) => n + line.ended, 0)
  const alt =
    `Staplar dag för dag från ${longDay(days[0]!)} till ${longDay(days.at(-1)!)}: ` +
    `${number(sum(campaign.bookings))} bokningar, flest ${longDay(best)} (${number(on(best))}). ` +
    `${number(sum(campaign.searches))} sökningar gav ingen tid.`
  return {
    caption: 'Bokningar efter den dag de gjordes',
    svg: daysChart(days.map(shortDay), series, 'bokningar', alt),
    note:
      `${number(sum(campaign.bookings))} bokningar, varav ${number(ended())} senare avbokades eller flyttades. ` +
      `${people ? `${number(sum(campaign.searches))} sökningar gav ingen tid.` : 'Ingen har sökt förgäves.'}`,
    table: table(
      'Bokningar',
      [
        'Dag',
        ...used.map(([madeBy]) => `#${word('madeBy', madeBy)}`),
        '#Alla',
        '#Varav avbokade senare',
        '#Sökte förgäves',
      ],
      days.map((day, i) => [
        longDay(day),
        ...used.map(([madeBy]) => on(day, madeBy)),
        on(day),
        ended(day),
        searches[i]!,
      ]),
      [
        'Summa',
        ...used.map(([madeBy]) => sum(campaign.bookings.filter((line) => line.madeBy === madeBy))),
        sum(campaign.bookings),
        ended(),
        sum(campaign.searches),
      ],
    ),
  }
}
