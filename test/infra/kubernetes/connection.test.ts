import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { expect, it } from 'vitest'
import { stringify } from 'yaml'
import { ClusterUnreachable, createConnection } from '../../../infra/kubernetes/connection.ts'

it('says of an API that is silent that it timed out, not with which status it answered', async () => {
  const silent = createServer(() => undefined).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const folder = await mkdtemp(join(tmpdir(), 'connection-'))
  const kubeconfig = join(folder, 'kubeconfig')
  const server = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`
  const config = {
    clusters: [{ name: 'silent', cluster: { server, 'insecure-skip-tls-verify': true } }],
    contexts: [{ name: 'silent', context: { cluster: 'silent', user: 'nobody' } }],
    users: [{ name: 'nobody', user: {} }],
    'current-context': 'silent',
  }
  await writeFile(kubeconfig, stringify(config))
  const ask = createConnection(kubeconfig, 50)
  await expect(ask(({ core }, bounded) => core.listNamespace(undefined, bounded), null)).rejects.toThrow(/timeout/)
  silent.closeAllConnections()
  silent.close()
  await rm(folder, { recursive: true })
})

it('quotes nothing of a file that is no kubeconfig: an inventory may name any, and its errors are answered', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'connection-'))
  const file = join(folder, 'credentials')
  for (const text of [
    '[default]\naws_access_key_id = AKIASECRET\naws_secret_access_key = secret\n',
    'clusters: [\n  secret: {\n',
    'secret\n',
    '{"clusters": ["secret"], "current-context": "secret"}',
  ]) {
    await writeFile(file, text)
    const refused: unknown = await createConnection(file, 50)(({ core }) => core.listNamespace(), null).then(
      () => null,
      (error: unknown) => error,
    )
    expect(refused).toBeInstanceOf(ClusterUnreachable)
    expect(inspect(refused, { depth: 5 })).not.toMatch(/secret/i)
  }
  await rm(folder, { recursive: true })
})
