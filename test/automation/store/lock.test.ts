import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { identify } from '../../../automation/engine/processes.ts'
import { DirectoryInUse, lockDirectory } from '../../../automation/store/lock.ts'

let folder: string
const file = () => join(folder, 'service.lock')

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const self = { ...identify(process.pid), host: hostname() }
const leave = (owner: unknown): void => writeFileSync(file(), JSON.stringify(owner))
const owner = (): unknown => JSON.parse(readFileSync(file(), 'utf8'))

/** The number of a process that has ended. */
async function endedPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' })
  await once(child, 'exit')
  return child.pid ?? 0
}

describe('the lock of a data directory', () => {
  it('says who holds it, to nobody but its owner, and is gone when it is released', () => {
    const lock = lockDirectory(folder)
    expect(owner()).toEqual(self)
    expect(statSync(file()).mode & 0o777).toBe(0o600)
    lock.release()
    expect(existsSync(file())).toBe(false)
    lockDirectory(folder).release()
  })

  it('refuses a second service, says who has it and what to do, and stays', () => {
    const lock = lockDirectory(folder)
    expect(() => lockDirectory(folder)).toThrow(DirectoryInUse)
    expect(() => lockDirectory(folder)).toThrow(new RegExp(`process ${process.pid} on .*CUTOVER_DATA_DIR`))
    expect(owner()).toEqual(self)
    lock.release()
  })

  it('refuses while another process that lives has it', async () => {
    const child = spawn(process.execPath, ['-e', "setInterval(() => {}, 1000); console.log('up')"], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    await once(child.stdout, 'data')
    leave({ ...identify(child.pid ?? 0), host: hostname() })
    expect(() => lockDirectory(folder)).toThrow(DirectoryInUse)
    child.kill('SIGKILL')
    await once(child, 'exit')
    lockDirectory(folder).release()
  })

  it('is taken over from a process that is gone', async () => {
    leave({ ...self, pid: await endedPid() })
    lockDirectory(folder)
    expect(owner()).toEqual(self)
  })

  it('is taken over from a process whose number another has now', () => {
    leave({ ...self, startedAt: '1' })
    lockDirectory(folder)
    expect(owner()).toEqual(self)
  })

  it('of another host is never taken over, because nobody here can tell whether its owner lives', async () => {
    leave({ ...self, pid: await endedPid(), host: 'elsewhere' })
    expect(() => lockDirectory(folder)).toThrow(/on elsewhere/)
  })

  it.each(['', '{"pid": 12', 'null', '[]', '{"pid": "12"}', 'binary\0'])(
    'is taken over when it is cut short: %j',
    (text) => {
      writeFileSync(file(), text)
      lockDirectory(folder)
      expect(owner()).toEqual(self)
      expect(readdirSync(folder)).toEqual(['service.lock'])
    },
  )

  it('is left alone while another service takes it over', () => {
    leave({ ...self, startedAt: '1' })
    writeFileSync(`${file()}.takeover`, '')
    expect(() => lockDirectory(folder)).toThrow(/another service is taking over .* remove .*service\.lock\.takeover/)
    expect(owner()).toMatchObject({ startedAt: '1' })
  })

  it('is taken over where another has died while taking it over', async () => {
    leave({ ...self, startedAt: '1' })
    writeFileSync(`${file()}.takeover`, JSON.stringify({ ...self, pid: await endedPid() }))
    lockDirectory(folder)
    expect(owner()).toEqual(self)
    expect(readdirSync(folder)).toEqual(['service.lock'])
  })

  it('is left alone while a service that lives takes it over', () => {
    leave({ ...self, startedAt: '1' })
    writeFileSync(`${file()}.takeover`, JSON.stringify(self))
    expect(() => lockDirectory(folder)).toThrow(/another service is taking over/)
    expect(readdirSync(folder).sort()).toEqual(['service.lock', 'service.lock.takeover'])
  })

  it('cannot be taken in a directory that is not there', () => {
    expect(() => lockDirectory(join(folder, 'nowhere'))).toThrow(/ENOENT/)
  })
})
