import { handedOver } from '../../channels/print.ts'
import { visit } from '../../channels/print-place.ts'
import { messageOf, Refused } from '../../errors.ts'
import type { Batch } from '../../ledger/batches.ts'
import { readManifest } from '../../letters/manifest.ts'
import type { PrintDeps } from './print-deps.ts'

/**
 * Whether a hand-over that was broken off had come to its end, so that only the record was lost. A manifest that had
 * been prepared and is gone was taken by the supplier: only the last step moves it.
 * @throws Refused batch-already-handed-over when what lies there is not what was sealed
 */
export async function isAtSupplier({ place }: PrintDeps, batch: Batch): Promise<boolean> {
  const found = await visit(place, (at) => handedOver(at, batch.name))
  if (found === undefined) return batch.preparedAt !== null
  if (found === 'prepared') return false
  if (!isManifestOf(batch, found.manifest))
    throw differs(batch, 'is not the one that was sealed. Ask them what they have printed.')
  return true
}

function isManifestOf(batch: Batch, manifest: string): boolean {
  try {
    const { head } = readManifest(manifest)
    return (
      head.batch === batch.name &&
      head.lettersSha256 === batch.batchSha256 &&
      head.fileSha256 === batch.pdfSha256
    )
  } catch (error) {
    throw differs(batch, `was changed: ${messageOf(error)}`)
  }
}

const differs = ({ name }: Batch, how: string): Refused =>
  new Refused('batch-already-handed-over', `The manifest of ${name} at the supplier ${how}`, {
    batch: name,
  })
