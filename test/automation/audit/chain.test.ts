import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  chained,
  decisionOf,
  faultOf,
  genesis,
  sealedText,
  verifyChain,
  type AuditEntry,
  type AuditFact,
} from '../../../automation/audit.ts'
import type { Asker } from '../../../automation/asker.ts'

const asker: Asker = {
  by: 'anna',
  role: 'operator',
  credential: 'token-1',
  address: '10.0.0.7',
  reason: 'Friday',
  receivedAt: 0,
  idempotencyKey: null,
}
const fact = (name: string, details: object = {}): AuditFact =>
  decisionOf(asker, { migration: 'prod', name }, 'advance', { details })

function chainOf(facts: readonly AuditFact[]): AuditEntry[] {
  const entries: AuditEntry[] = []
  for (const one of facts) entries.push(chained(one, entries.at(-1) ?? genesis, 1_700_000_000_000))
  return entries
}

const three = chainOf([
  fact('search'),
  fact('tagging', { gates: [{ name: 'green-enough', state: 'open' }] }),
  fact('api'),
])

describe('the chain of the audit', () => {
  it('holds as it was written, and says where it ends', async () => {
    expect(await verifyChain(three)).toEqual({ head: { seq: 3, hash: three[2]?.hash }, broken: null })
    expect(await verifyChain([])).toEqual({ head: genesis, broken: null })
  })

  it('can be checked by anybody: SHA-256 over sorted JSON without the hash', () => {
    const { hash, ...rest } = three[0]!
    const sorted = JSON.stringify(Object.fromEntries(Object.entries({ ...rest }).sort(([a], [b]) => (a < b ? -1 : 1))))
    expect(createHash('sha256').update(sorted).digest('hex')).toBe(hash)
  })

  it('holds after any JSON tool has had its way with it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 5 }), async (details) => {
        const entries = chainOf(details.map((one) => fact('search', one)))
        const turned = entries.map(
          (entry) => JSON.parse(JSON.stringify(Object.fromEntries(Object.entries(entry).reverse()))) as AuditEntry,
        )
        expect((await verifyChain(turned)).broken).toBeNull()
      }),
    )
  })

  it.each([
    ['who', { by: 'bert' }],
    ['when', { at: '2026-01-01T00:00:00.000Z' }],
    ['what', { action: 'rollback' }],
    ['why', { reason: null }],
    ['its details', { details: { gates: [] } }],
    ['the one before', { previous: '0'.repeat(64) }],
  ])('breaks at the entry of which somebody changed %s', async (_what, change) => {
    const forged = three.map((entry) => (entry.seq === 2 ? { ...entry, ...change } : entry))
    const { head, broken } = await verifyChain(forged)
    expect(head.seq).toBe(1)
    expect(broken).toEqual({ seq: 2, why: 'its hash is not that of what it says: it was changed' })
  })

  it('breaks after an entry that was changed with its hash', async () => {
    const { hash: _old, ...second } = { ...three[1]!, by: 'bert' }
    const hash = createHash('sha256').update(sealedText(second)).digest('hex')
    const { broken } = await verifyChain([three[0]!, { ...second, hash }, three[2]!])
    expect(broken).toEqual({ seq: 3, why: 'it was not written after the entry 2 that stands here' })
  })

  it('breaks where an entry is missing', async () => {
    const { broken } = await verifyChain([three[0]!, three[2]!])
    expect(broken).toEqual({ seq: 3, why: 'it follows entry 1: what stood between is missing' })
    expect(faultOf(three[1]!, genesis)).toBe('it follows entry 0: what stood between is missing')
  })

  it('is too short for who noted down a later hash', async () => {
    const last = three[2]?.hash ?? ''
    expect((await verifyChain(three, last)).broken).toBeNull()
    expect((await verifyChain(three.slice(0, 2), last)).broken).toMatchObject({
      seq: 3,
      why: expect.stringContaining('ends before'),
    })
  })
})
