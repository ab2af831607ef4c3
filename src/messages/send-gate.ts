import type { TextGate } from '../campaigns/actions.ts'
import type { CampaignSpec } from '../campaigns/spec.ts'
import { readinessOf, settingsOf, type NotReady, type WayOut } from '../channels/readiness.ts'
import type { Config } from '../config.ts'
import { Refused } from '../errors.ts'
import { textGate } from '../texts/gate.ts'

/** The channels that a campaign or notice uses, each once. */
export const channelsOf = ({
  channels,
  reminders,
}: Pick<CampaignSpec, 'channels' | 'reminders'>): WayOut[] => [
  ...new Set([
    ...channels.flatMap(({ steps }) => steps.map(({ channel }) => channel)),
    ...(channels.length > 0 ? reminders.map(({ channel }) => channel) : []),
  ]),
]

export interface ChannelState {
  channel: WayOut
  fault: NotReady
}

export const channelStates = (
  config: Config,
  spec: Pick<CampaignSpec, 'channels' | 'reminders'>,
): Promise<ChannelState[]> =>
  Promise.all(
    channelsOf(spec).map(async (channel) => ({
      channel,
      fault: await readinessOf(config, channel),
    })),
  )

/**
 * The channels because of which nothing may be approved or started: those without settings, whose messages would wait
 * for ever, and all of them when none answers. One provider of several that is down costs time, and no people.
 */
export function stopping(states: readonly ChannelState[]): ChannelState[] {
  const nothingLeaves = states.every(({ fault }) => fault !== undefined)
  return states.filter(({ fault }) => fault === 'not-configured' || (fault && nothingLeaves))
}

/** What is wrong with a channel, and what to do. */
export const channelFault = ({ channel, fault }: ChannelState): string =>
  fault === 'not-configured'
    ? `${channel}: not configured. Set ${settingsOf[channel].join(' and ')}, or take ${channel} out of the channel plan.`
    : `${channel}: the provider does not answer. See that it runs and that its address is right, then try again.`

/** What a campaign or notice must pass before it is approved, started or resumed: its channels, then its texts. */
export const sendGate =
  (config: Config): TextGate =>
  async (db, spec) => {
    const faults = stopping(await channelStates(config, spec)).map(channelFault)
    if (faults.length > 0)
      throw new Refused(
        'channel-not-ready',
        `${spec.name} can't be approved, started or resumed: its messages would not leave.\n  ${faults.join('\n  ')}`,
        { faults },
      )
    return textGate(config)(db, spec)
  }
