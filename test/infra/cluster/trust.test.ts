import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  notTrusting,
  requireFits,
  trusting,
  TrustPolicyTooLong,
  trustSid,
  trustStatement,
  unknownIssuer,
} from '../../../infra/cluster/trust.ts'
import { anyAccounts, anyPolicy } from './fixture.ts'

const issuer = unknownIssuer('eu-central-1', '123456789012')
const sid = trustSid('prod-2026')

const statements = (policy: string): unknown[] => [(JSON.parse(policy) as { Statement: unknown }).Statement].flat()

describe('our statement in a trust policy', () => {
  it('stands behind all others, and taking it out gives exactly those back', () => {
    fc.assert(
      fc.property(anyPolicy, anyAccounts, (policy, accounts) => {
        const ours = trustStatement(sid, issuer, accounts)
        const granted = trusting(policy, ours)
        expect(statements(granted)).toEqual([...statements(policy), ours])
        expect(statements(notTrusting(granted, sid))).toEqual(statements(policy))
      }),
    )
  })

  it('is written once: granting twice, or to others, replaces it where it stands', () => {
    fc.assert(
      fc.property(anyPolicy, anyAccounts, anyAccounts, (policy, before, after) => {
        const once = trusting(policy, trustStatement(sid, issuer, before))
        expect(trusting(once, trustStatement(sid, issuer, before))).toBe(once)
        const changed = trusting(once, trustStatement(sid, issuer, after))
        expect(changed).toBe(trusting(policy, trustStatement(sid, issuer, after)))
      }),
    )
  })

  it("leaves another migration's statement alone", () => {
    const theirs = trustStatement(trustSid('prod-2027'), issuer, ['shop/search'])
    const policy = JSON.stringify({ Version: '2012-10-17', Statement: [theirs] })
    expect(statements(trusting(policy, trustStatement(sid, issuer, ['shop/search'])))[0]).toEqual(theirs)
    expect(notTrusting(policy, sid)).toBe(policy)
  })

  it('is never taken out of a policy that has nothing else: IAM takes no empty one', () => {
    const policy = JSON.stringify({ Statement: [trustStatement(sid, issuer, ['shop/search'])] })
    expect(notTrusting(policy, sid)).toBe(policy)
  })

  it('names accounts exactly, and a whole namespace by a pattern', () => {
    expect(trustStatement(sid, issuer, ['shop/search'])).toMatchObject({
      Condition: { StringEquals: { [`${issuer.name}:sub`]: 'system:serviceaccount:shop:search' } },
    })
    expect(trustStatement(sid, issuer, ['shop/*'])).toMatchObject({
      Condition: { StringLike: { [`${issuer.name}:sub`]: 'system:serviceaccount:shop:*' } },
    })
  })

  it('has a Sid that IAM takes, and each migration its own', () => {
    expect(sid).toMatch(/^[A-Za-z0-9]+$/)
    expect(sid).not.toBe(trustSid('prod-2027'))
  })
})

describe('the quota', () => {
  const policyOf = (characters: number): string => {
    const empty = JSON.stringify({ Statement: [], Id: '' })
    return JSON.stringify({ Statement: [], Id: 'x'.repeat(characters - empty.length) })
  }

  it('is 2,048 characters, white space not counted', () => {
    expect(() => requireFits('app', policyOf(2048).replace(',', ',   \n'))).not.toThrow()
    expect(() => requireFits('app', policyOf(2049))).toThrow(TrustPolicyTooLong)
  })

  it('can be checked before the provider is known: what stands for it is as long', () => {
    const real =
      'arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE'
    expect(issuer.providerArn).toHaveLength(real.length)
  })
})
