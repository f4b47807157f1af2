import { describe, expect, it } from 'vitest'
import { engineEnvironment } from '../../../automation/engine/pulumi-engine.ts'

const backendOf = (backendUrl: string): string | undefined =>
  engineEnvironment({ backendUrl, passphraseFile: '/data/passphrase', home: '/data/pulumi-home' })['PULUMI_BACKEND_URL']

describe('the backend of a run', () => {
  it.each([
    ['file:///data/pulumi-state', 'file:///data/pulumi-state?metadata=skip'],
    ['file:///data/pulumi-state?no_tmp_dir=true', 'file:///data/pulumi-state?no_tmp_dir=true&metadata=skip'],
    ['file://~', 'file://~?metadata=skip'],
  ])('writes %s in whole files alone, so that a death leaves none half written', (asked, got) => {
    expect(backendOf(asked)).toBe(got)
  })

  it.each(['file:///data/pulumi-state?metadata=', 's3://state?region=eu-central-1', 'postgres://db/pulumi', ''])(
    'is %s as it was asked for',
    (asked) => {
      expect(backendOf(asked)).toBe(asked)
    },
  )
})
