/** When people come. */
export interface Arrivals {
  residents: number
  seconds: number
  /** a second, while a burst lasts */
  burst: number
}

/**
 * The second, from the start, at which each resident comes: a burst at the beginning of each minute for as long as five
 * of six residents make it last, the others spread over the rest. When they are so many that bursts fill the time, they
 * come evenly.
 */
export function arrivalTimes({ residents, seconds, burst }: Arrivals): number[] {
  if (residents >= burst * seconds) return Array.from({ length: residents }, (_, i) => i / burst)
  const minutes = Math.max(1, Math.round(seconds / 60))
  const perMinute = residents / minutes
  const inBurst = Math.min((perMinute * 5) / 6, burst * 30)
  const burstSeconds = inBurst / burst
  return Array.from({ length: residents }, (_, i) => {
    const minute = Math.floor(i / perMinute)
    const within = i - minute * perMinute
    return (
      minute * 60 +
      (within < inBurst
        ? within / burst
        : burstSeconds + ((within - inBurst) / (perMinute - inBurst)) * (60 - burstSeconds))
    )
  })
}
