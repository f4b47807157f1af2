import { describe, expect, it } from 'vitest'
import { judgeVersion, type OfferedVersion } from '../../../infra/cluster/versions.ts'

const day = (text: string): number => Date.parse(text)

const offered: OfferedVersion[] = [
  {
    version: '1.33',
    support: 'standard',
    endOfStandardSupport: day('2026-12-29'),
    endOfExtendedSupport: day('2027-12-29'),
  },
  {
    version: '1.32',
    support: 'extended',
    endOfStandardSupport: day('2026-03-23'),
    endOfExtendedSupport: day('2027-03-23'),
  },
]

describe('a version', () => {
  it('in standard support is taken without a word', () => {
    expect(judgeVersion('1.33', offered)).toEqual({ verdict: 'offered', warning: null })
  })

  it('in extended support is taken with the dates and what it costs', () => {
    const judged = judgeVersion('1.32', offered)
    expect(judged).toMatchObject({ verdict: 'offered' })
    expect('warning' in judged && judged.warning).toBe(
      'Kubernetes 1.32 is in extended support: standard support ended on 2026-03-23, extended support ends on 2027-03-23. ' +
        'A cluster costs $0.60 an hour instead of $0.10, $365 a month more.',
    )
  })

  it('that is not offered is refused with what is, the oldest first', () => {
    const judged = judgeVersion('1.24', offered)
    expect(judged).toMatchObject({ verdict: 'not-offered', offered: ['1.32', '1.33'] })
    expect('sentence' in judged && judged.sentence).toContain('it offers 1.32, 1.33')
    expect(judgeVersion('1.24', [])).toMatchObject({ verdict: 'not-offered', offered: [] })
  })
})
