import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { applyInventory } from '../support/journey.ts'
import { startTestService, type TestService } from '../support/service.ts'

/** The steps of docs/ci, as they stand, by bash, one job after the other; what CI itself would do around them is done here. */
interface GitHub {
  readonly jobs: Readonly<
    Record<string, { readonly steps: readonly { readonly name: string; readonly run: string }[] }>
  >
}
interface GitLab {
  readonly plan: { readonly script: readonly string[] }
  readonly advance: { readonly script: readonly string[]; readonly after_script: readonly string[] }
}

/** The recipes need it. With CI=true nothing is skipped. */
const noJq = spawnSync('jq', ['--version']).error && process.env['CI'] !== 'true' ? ' (skipped: there is no jq)' : ''

describe.skipIf(noJq)(`the recipes for CI${noJq}`, { timeout: 180_000 }, () => {
  let service: TestService
  let folder: string
  let gitlab: Server
  const comments: string[] = []

  beforeAll(async () => {
    service = await startTestService()
    await applyInventory(service, { steps: [50, 100] })
    folder = await mkdtemp(join(tmpdir(), 'eks-cutover-ci-'))
    // what GitHub's runners have on their path
    await writeFile(join(folder, 'gh'), '#!/bin/bash\ncp "${@: -1}" commented.md\n')
    await chmod(join(folder, 'gh'), 0o755)
    gitlab = createServer((request, response) => {
      let body = ''
      request.on('data', (chunk: Buffer) => (body += chunk.toString()))
      request.on('end', () => {
        comments.push(new URLSearchParams(body).get('body') ?? '')
        response.end('{}')
      })
    }).listen(0, '127.0.0.1')
    await once(gitlab, 'listening')
  })
  afterAll(async () => {
    gitlab.close()
    await service.stop()
    await rm(folder, { recursive: true, force: true })
  })

  /** As a runner does: in one folder, each step with what the ones before it had put into the job's environment. */
  async function run(script: string, more: Readonly<Record<string, string>> = {}): Promise<number | null> {
    const environment = {
      CUTOVER: service.url,
      CUTOVER_TOKEN: 'anybody',
      MIGRATION: 'small',
      WORKLOAD: 'search',
      GITHUB_SHA: 'f00d',
      CI_COMMIT_SHA: 'f00d',
      GITHUB_REPOSITORY: 'shop/search',
      GITHUB_ENV: join(folder, 'env'),
      CI_API_V4_URL: `http://127.0.0.1:${(gitlab.address() as AddressInfo).port}`,
      CI_PROJECT_ID: '1',
      CI_MERGE_REQUEST_IID: '2',
      GITLAB_COMMENT_TOKEN: 'anybody',
      ...more,
    }
    const child = spawn('bash', ['-e', '-o', 'pipefail', '-c', script], {
      cwd: folder,
      env: { ...process.env, ...environment, PATH: `${folder}:${process.env['PATH']}` },
      stdio: 'ignore',
    })
    const [code] = (await once(child, 'close')) as [number | null]
    return code
  }

  const read = (name: string): Promise<string> => readFile(new URL(`../../docs/ci/${name}`, import.meta.url), 'utf8')

  async function step(job: string, name: string): Promise<string> {
    const { jobs } = parse(await read('github-actions.yml')) as GitHub
    const found = jobs[job]?.steps.find((one) => one.name.startsWith(name))
    if (!found) throw new Error(`the recipe has no step ${name} in ${job}`)
    // what GitHub puts in before a shell sees it
    return found.run.replaceAll(/\$\{\{ github\.event\.number \}\}/g, '7')
  }

  const gitlabRecipe = async (): Promise<GitLab> => parse(await read('gitlab-ci.yml')) as GitLab
  const phase = async (): Promise<string> => (await service.client.workload('search')).phase

  it('GitHub: says on a pull request what the next step would change', async () => {
    expect(await run(await step('plan', 'Plan'))).toBe(0)
    expect(await run(await step('plan', 'Say it'))).toBe(0)
    const comment = await readFile(join(folder, 'commented.md'), 'utf8')
    expect(comment).toMatch(/^\*\*search\*\*: registered → adopted, `plan-[0-9a-f]{24}`/)
    expect(comment).toContain('adopted as it is, nothing written')
    expect(comment).toContain('The way back: ')
  })

  it('GitHub: takes one step per merge, and waits for the next to be possible', async () => {
    for (const there of ['adopted', 'prepared', 'shifting']) {
      expect(await run(await step('advance', 'Advance')), there).toBe(0)
      expect(await run(await step('advance', 'Wait')), there).toBe(0)
      expect(await phase()).toBe(there)
    }
  })

  it('GitHub: fails where a step is refused, and rolls back', async () => {
    await service.client.post('search', 'holds', { name: 'later', reason: 'not today' })
    // a hold is `stuck` or `waiting`, never `ready`: the wait is cut short here, as its time-out would
    const refused = (await step('advance', 'Advance')).replace('timeout=300', 'timeout=1')
    expect(await run(refused)).toBe(22)
    expect(await run(await step('advance', 'Roll back'))).toBe(0)
    expect(await phase()).toBe('prepared')
    await service.client.removeHolds('search')
  })

  it('GitLab: says on a merge request what the next step would change', async () => {
    const { plan } = await gitlabRecipe()
    expect(await run(plan.script.join('\n'))).toBe(0)
    expect(comments).toEqual([expect.stringMatching(/^\*\*search\*\*: prepared → shifting, `plan-/)])
  })

  it('GitLab: takes one step per merge, and leaves it when all is well', async () => {
    const { advance } = await gitlabRecipe()
    expect(await run(advance.script.join('\n'))).toBe(0)
    expect(await run(advance.after_script.join('\n'), { CI_JOB_STATUS: 'success' })).toBe(0)
    expect(await phase()).toBe('shifting')
  })

  it('GitLab: rolls back what went wrong after the step', async () => {
    const { advance } = await gitlabRecipe()
    expect(await run(advance.after_script.join('\n'), { CI_JOB_STATUS: 'failed' })).toBe(0)
    expect(await phase()).toBe('prepared')
  })
})
