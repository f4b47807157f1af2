import { expect, test } from 'vitest'
import { toTry } from '../../demo/to-try.ts'
import type { ReadyFile } from '../../sandbox/sandbox.ts'

/** What `npm run dev` prints is typed as it stands. */
const ready: ReadyFile = {
  env: { AWS_REGION: 'eu-central-1', CUTOVER_PROBE_PROXY: 'http://127.0.0.1:9' },
  byHand: { PULUMI_DEBUG_PROVIDERS: 'aws:1' },
  controlUrl: 'http://127.0.0.1:2',
  dns: '127.0.0.1:53',
  clusters: { blue: { version: '1.21', kubeconfig: '/tmp/x/blue.kubeconfig' }, green: null },
  inventory: '/tmp/x/cutover.yaml',
  frontDoors: {
    search: { url: 'http://127.0.0.1:3/', headers: { host: 'search.example' } },
    console: { name: 'console.internal', resolver: '127.0.0.1:53', headers: {} },
  },
}
const told = (changed: Partial<ReadyFile> = {}) =>
  toTry({ ready: { ...ready, ...changed }, service: 'http://127.0.0.1:8080', migration: 'omnious' })

test('a command is a command to its end: what is said of it is a comment', () => {
  const commands = told()
    .split('\n')
    .filter((line) => line.startsWith('  curl'))
  expect(commands.length).toBeGreaterThan(6)
  for (const command of commands) expect(command).not.toMatch(/\S {2,}[^ #]/)
})

test('a green that is to be built is built first', () => {
  expect(told()).toContain('curl -X POST http://127.0.0.1:8080/v1/migrations/omnious/cluster/up ')
  const standing = told({ clusters: { ...ready.clusters, green: { version: '1.33', kubeconfig: '/tmp/x/green' } } })
  expect(standing).not.toContain('cluster/up')
})

test('every front door, as a client reaches it', () => {
  expect(told()).toContain("curl -H 'host: search.example' http://127.0.0.1:3/")
  expect(told()).toContain('curl -x http://127.0.0.1:9 http://console.internal/')
})
