import { sealingKey, useSealingKeys } from '../src/db/sealed.ts'

/** What measurements seal kept bytes with; SEALING_KEYS of the programs that they start. */
export const benchSealingKey = Buffer.alloc(32, 7).toString('base64')

export const sealInBench = (): void =>
  useSealingKeys([sealingKey(Buffer.from(benchSealingKey, 'base64'))])
