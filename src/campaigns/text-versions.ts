import { Refused } from '../errors.ts'

/** Versions of texts by template, language and channel: `invitation-open sv letter` → `1-3fa2b1c0`. */
export type TextVersions = Record<string, string>

export interface Approved {
  campaignId: number
  /** whose approvals count: of the same versions as the latest */
  approvers: string[]
  /** null: the versions were not kept */
  texts: TextVersions | null
}

/**
 * What is not as it was approved, text by text: `reminder sv sms: 1-3fa2b1c0 → 1-9d81e4aa`, – when there is none.
 * @param names which to look at; all when not given
 */
export function changedTexts(
  approved: TextVersions,
  now: TextVersions,
  names: Iterable<string> = new Set([...Object.keys(approved), ...Object.keys(now)]),
): string[] {
  return [...names]
    .sort()
    .filter((name) => approved[name] !== now[name])
    .map((name) => `${name}: ${approved[name] ?? '–'} → ${now[name] ?? '–'}`)
}

/** How the reason begins why a campaign has paused by itself for its texts. */
export const pausedForTexts = 'texts changed, two people must approve them: '

/** @throws Refused `texts-changed` unless two people have approved exactly these versions */
export function refuseChanged(
  campaign: string,
  approved: Approved | undefined,
  now: TextVersions,
): void {
  const again = `Two people must approve it with its texts as they are now: campaign approve ${campaign} --by NAME`
  if (!approved?.texts)
    throw new Refused(
      'texts-changed',
      `${campaign} was approved before the versions of texts were kept. ${again}`,
    )
  const faults = changedTexts(approved.texts, now)
  if (faults.length > 0)
    throw new Refused(
      'texts-changed',
      `The texts of ${campaign} have changed since it was approved:\n  ${faults.join('\n  ')}\n${again}. Or ` +
        'put the texts back as they were.',
      { faults },
    )
  if (approved.approvers.length < 2)
    throw new Refused(
      'texts-changed',
      `The texts of ${campaign} changed while it was being approved: only ${approved.approvers.join()} has ` +
        `approved them as they are now. Another person must too: campaign approve ${campaign} --by NAME`,
    )
}
