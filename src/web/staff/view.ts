import { DateTime } from 'luxon'
import type { CampaignStatus } from '../../reports/status.ts'
import { codes, pauseWord, reasonWord, word } from '../../reports/words.ts'

/** A table of counts: what, how many, and its share of the largest as a bar's width in per cent. */
const bars = <T extends { number: number }>(lines: T[], label: (line: T) => string) => {
  const most = Math.max(1, ...lines.map((line) => line.number))
  return lines.map((line) => ({
    label: label(line),
    number: line.number,
    width: Math.round((line.number / most) * 1000) / 10,
  }))
}

/** What the status page shows of a campaign. */
export function campaignView(status: CampaignStatus) {
  const days = Map.groupBy(status.waves, (wave) => wave.day)
  const sum = (lines: { number: number }[]) => lines.reduce((total, line) => total + line.number, 0)
  return {
    name: status.name,
    purpose: status.purpose,
    way: word('way', status.way),
    state: status.state,
    stateWord: word('campaign', status.state),
    pausedWhy: status.pausedWhy ? pauseWord(status.pausedWhy) : '',
    approvals: status.approvals.join(', '),
    cohortSize: status.cohortSize,
    funnel: bars(
      status.funnel,
      (f) =>
        word(`invitation-${status.way}`, f.state) + (f.reason ? ` – ${reasonWord(f.reason)}` : ''),
    ),
    funnelSum: sum(status.funnel),
    messages: status.messages.map((m) => ({
      channel: word('channel', m.channel),
      step: word('step', m.step),
      state: word('message', m.state),
      number: m.number,
    })),
    waves: [...days].map(([day, waves]) => ({
      day: DateTime.fromISO(day, { locale: 'sv' }).toFormat('d MMMM yyyy'),
      number: sum(waves),
      areas: waves.map((wave) => ({
        area: wave.area,
        number: wave.number,
        bound: word('bound', wave.bound),
        said: wave.said,
      })),
    })),
    batches: status.batches.map((b) => ({
      name: b.name,
      letters: b.letters,
      state: word('batch', b.state),
      hash: b.batchSha256?.slice(0, 12) ?? '–',
    })),
  }
}

/** All campaigns' messages together: one line a channel, one column for each state that occurs. */
export function messagesView(campaigns: readonly Pick<CampaignStatus, 'messages'>[]) {
  const all = campaigns.flatMap((campaign) => campaign.messages)
  const states = codes('message').filter((state) => all.some((m) => m.state === state))
  const count = (of: (m: (typeof all)[number]) => boolean) =>
    all.filter(of).reduce((total, m) => total + m.number, 0)
  return {
    states: states.map((state) => word('message', state)),
    lines: codes('channel').map((channel) => ({
      channel: word('channel', channel),
      counts: states.map((state) => count((m) => m.channel === channel && m.state === state)),
      total: count((m) => m.channel === channel),
    })),
    totals: states.map((state) => count((m) => m.state === state)),
    total: count(() => true),
  }
}
