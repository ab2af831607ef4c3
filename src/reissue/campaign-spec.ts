import { parseSpec, withPurpose, type CampaignSpec, type NewCampaign } from '../campaigns/spec.ts'

type Line = CampaignSpec['channels'][number]

/** The route of somebody whose earlier message never left: told of a time as if for the first time, which it is. */
export const firstRoute = (route: string): string => `${route.replace(/-first$/, '')}-first`

/** How a route goes on in a reissue's campaign: told for the first time, or also at once on another channel. */
const suffix = /-(first|now-sms|now-email)$/

const base = (name: string): string => name.replace(/-reissue-\d+(-\d+)?$/, '').slice(0, 60)
const invitations = (line: Line) => line.steps.filter((step) => step.step === 'invitation')
const withTemplate = (lines: readonly Line[], template: string): Line[] =>
  lines
    .filter((line) => invitations(line).length > 0)
    .map((line) => ({
      ...line,
      steps: invitations(line).map((step) => ({ ...step, template, after: 0 })),
    }))

/**
 * The campaign that tells the people that an approved reissue moves: the same purpose, words and channels as the one
 * that gave them their time, each told once (no reminders), and also at once whom a letter would reach too late.
 * `number` is the proposal's.
 */
export function movedSpec(source: CampaignSpec, number: number, nth: number): CampaignSpec {
  const { reissueOf: _, ...rest } = source
  const lines = source.channels.filter((line) => !suffix.test(line.route))
  const own = (line: Line): Line =>
    source.channels.find((l) => l.route === firstRoute(line.route)) ?? line
  const first =
    source.way === 'open'
      ? []
      : lines.map((line) => ({
          ...line,
          route: firstRoute(line.route),
          steps: invitations(own(line)).map((step) => ({ ...step, after: 0 })),
        }))
  return again(source, {
    ...rest,
    name: `${base(source.name)}-reissue-${number}${nth > 1 ? `-${nth}` : ''}`,
    way: 'timed',
    moved: { outOfRegion: 'keep', otherArea: 'keep' }, // whoever had a time hears what became of it
    channels: [
      ...withTemplate(lines, 'moved-time'),
      ...withTemplate(lines, 'moved-time').flatMap(alsoAtOnce),
      ...first.filter((line) => line.steps.length > 0),
    ],
  })
}

/** The lines for those of a line who must know sooner than it tells them (told.ts). */
const alsoAtOnce = (line: Line): Line[] =>
  (
    [
      ['sms', 'mobile'],
      ['email', 'email'],
    ] as const
  )
    .filter(([channel]) => !line.steps.some((step) => step.channel === channel))
    .map(([channel, contact]) => ({
      route: `${line.route}-now-${channel}`,
      needs: [...new Set([...line.needs, contact])],
      steps: [
        ...line.steps,
        { step: 'invitation' as const, channel, template: 'moved-time', after: 0 },
      ],
    }))

/**
 * The campaign file of a reissue to fixed times: for all who have not booked, or for those whose searches found no
 * time.
 */
export function fixedTimesSpec(
  source: CampaignSpec,
  who: 'not-booked' | 'no-free-time',
  given: { name?: string | undefined; from?: string | undefined; to?: string | undefined },
): CampaignSpec {
  return again(source, {
    ...source,
    name: given.name ?? `${base(source.name)}-fixed-times`,
    way: 'timed',
    channels: withTemplate(source.channels, 'reissue-timed'),
    slots: {
      ...source.slots,
      ...(given.from ? { from: given.from } : {}),
      ...(given.to ? { to: given.to } : {}),
    },
    reissueOf: { campaign: source.name, who },
  })
}

/** What the file of the first campaign left to the register stays as it was then. */
const again = (source: CampaignSpec, given: object): NewCampaign =>
  withPurpose(parseSpec(given), { words: source.what, routes: {} })
