import { parsePhoneNumberFromString } from 'libphonenumber-js'
import type { Config } from '../config.ts'

/** What every page says about the region. */
export const regionOf = (config: Config) => ({
  region: config.REGION_NAME,
  phone:
    parsePhoneNumberFromString(config.REGION_PHONE, 'SE')?.formatNational() ?? config.REGION_PHONE,
  hours: config.REGION_PHONE_HOURS,
  website: config.REGION_WEBSITE,
})
