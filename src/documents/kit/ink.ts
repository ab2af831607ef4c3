/**
 * The colours of the report's page and of the staff's papers; each dark one can be read on white and copied in grey.
 */
export const ink = {
  text: '#1c2733',
  soft: '#52606d',
  accent: '#00579c',
  rule: '#c3cbd3',
  pale: '#f1f4f7',
  alarm: '#a1201a',
  alarmGround: '#fdeeec',
} as const
