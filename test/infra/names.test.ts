import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  bindingName,
  clusterIdentifier,
  stackName,
  tagsFor,
  targetGroupNamePrefix,
  testHeader,
} from '../../infra/names.ts'
import { anyName } from './arbitraries.ts'

describe('names', () => {
  it('of stacks differ whenever migration or workload do', () => {
    fc.assert(
      fc.property(anyName, anyName, anyName, anyName, (m1, w1, m2, w2) => {
        expect(stackName(m1, w1) === stackName(m2, w2)).toBe(m1 === m2 && w1 === w2)
      }),
    )
  })

  it('of stacks are what Pulumi takes: letters, digits, hyphens, underscores and periods, at most 100', () => {
    fc.assert(fc.property(anyName, anyName, (m, w) => void expect(stackName(m, w)).toMatch(/^[A-Za-z0-9_.-]{1,100}$/)))
  })

  it('of bindings are names of Kubernetes objects: DNS subdomains of at most 253 characters', () => {
    fc.assert(
      fc.property(anyName, anyName, (m, w) => {
        expect(bindingName(m, w)).toMatch(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/)
      }),
    )
  })

  it('of bindings differ whenever migration or workload do: what joins them may be in neither', () => {
    expect(bindingName('prod-shop', 'search')).not.toBe(bindingName('prod', 'shop-search'))
    fc.assert(
      fc.property(anyName, anyName, anyName, anyName, (m1, w1, m2, w2) => {
        expect(bindingName(m1, w1) === bindingName(m2, w2)).toBe(m1 === m2 && w1 === w2)
      }),
    )
  })

  it('leave room for the suffix that an auto-named target group gets: 6 of 32 characters, no hyphen at the start', () => {
    expect(targetGroupNamePrefix).toMatch(/^[A-Za-z0-9][A-Za-z0-9-]{0,5}$/)
  })

  it('of the test header are a token of at most 40 characters, as ALB wants header names', () => {
    expect(testHeader).toMatch(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,40}$/)
  })

  it('of clusters tell blue from green', () => {
    fc.assert(fc.property(anyName, (m) => clusterIdentifier(m, 'blue') !== clusterIdentifier(m, 'green')))
  })
})

describe('tags', () => {
  it('are what AWS takes, and none is in its own namespace', () => {
    fc.assert(
      fc.property(anyName, anyName, (migration, workload) => {
        for (const [key, value] of Object.entries(tagsFor(migration, workload, 'green'))) {
          expect(key).toMatch(/^(?!aws:)[A-Za-z0-9 _.:/=+@-]{1,128}$/)
          expect(value).toMatch(/^[A-Za-z0-9 _.:/=+@-]{0,256}$/)
        }
      }),
    )
  })
})
