import { type Fields, fieldsAt, integerAt, isFields, textAt } from '../../domain/fields.ts'

/** The spec that the operator has carried out last. */
export interface Reconciled {
  readonly job: Fields
  /** Since 1.15 status.observedGeneration; 1.7 kept metadata.generation here (both seen). */
  readonly generation?: number
}

/** A spec is at most as long as an object. */
const longest = 2_097_152

/** `status.reconciliationStatus.lastReconciledSpec` is JSON in a text (SpecUtils.java); whatever it is not reads as empty. */
export function reconciledOf(status: Fields): Reconciled {
  const body = parsed(textAt(status, 'reconciliationStatus', 'lastReconciledSpec') ?? '')
  const generation =
    integerAt(status, 'observedGeneration') ?? integerAt(body, 'resource_metadata', 'metadata', 'generation')
  return {
    job: fieldsAt(body, 'spec', 'job'),
    ...(generation !== undefined && { generation }),
  }
}

function parsed(text: string): Fields {
  if (text === '' || text.length > longest) return {}
  try {
    const value: unknown = JSON.parse(text)
    return isFields(value) ? value : {}
  } catch {
    return {}
  }
}
