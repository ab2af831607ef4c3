import type { CampaignSpec } from '../campaigns/spec.ts'
import type { Config } from '../config.ts'
import type { Facts } from './facts.ts'

/**
 * What a campaign says to everybody: the one set of facts that its letters, SMS, e-mails, pages, phone scripts
 * and contact cards are made from. A message adds the person's own.
 */
export function campaignFacts(
  spec: Pick<CampaignSpec, 'what' | 'phoneHours' | 'visit' | 'signer' | 'reissueOf'>,
  config: Config,
): Pick<Facts, 'region' | 'what' | 'visit' | 'noTimes'> {
  return {
    region: {
      name: config.REGION_NAME,
      phone: config.REGION_PHONE,
      phoneHours: spec.phoneHours ?? config.REGION_PHONE_HOURS,
      website: config.REGION_WEBSITE,
      signer: spec.signer,
    },
    what: spec.what,
    ...(spec.visit ? { visit: spec.visit } : {}),
    ...(spec.reissueOf?.who === 'no-free-time' ? { noTimes: true } : {}),
  }
}

/** How a place in an open campaign is booked. @param code the person's own */
export const bookingFacts = (
  spec: Pick<CampaignSpec, 'phoneHours'>,
  config: Config,
  code?: string,
): Omit<NonNullable<Facts['booking']>, 'code'> & { code?: string } => ({
  ...(code ? { code } : {}),
  url: `${new URL(config.PUBLIC_URL).origin}/boka`,
  phone: config.REGION_PHONE,
  phoneHours: spec.phoneHours ?? config.REGION_PHONE_HOURS,
})
