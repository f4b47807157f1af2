import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import {
  endProcessesOf,
  identify,
  isSame,
  operationVariable,
  processesOf,
  signalGroup,
} from '../../../automation/engine/processes.ts'

const children: ChildProcess[] = []

/** A process of its own group that waits until it is ended. */
async function start(operation: string): Promise<{ pid: number; ended: Promise<unknown> }> {
  const child = spawn(process.execPath, ['-e', "setInterval(() => {}, 1000); console.log('up')"], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, [operationVariable]: operation },
  })
  children.push(child)
  const ended = once(child, 'exit')
  await once(child.stdout, 'data')
  return { pid: child.pid ?? 0, ended }
}

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

describe('a process', () => {
  it('is known by its number and its start', () => {
    const self = identify(process.pid)
    expect(self?.pid).toBe(process.pid)
    expect(self && isSame(identify(process.pid), self)).toBe(true)
    expect(self && isSame(self, { ...self, startedAt: 'another time' })).toBe(false)
  })

  it('that has ended is none', async () => {
    const { pid, ended } = await start('op-identify')
    expect(identify(pid)).not.toBeNull()
    signalGroup(pid, 'SIGKILL')
    await ended
    expect(identify(pid)).toBeNull()
    expect(isSame(null, { pid, startedAt: '' })).toBe(false)
  })

  it('that is gone already is no error to end', async () => {
    const { pid, ended } = await start('op-gone')
    signalGroup(pid, 'SIGKILL')
    await ended
    expect(() => signalGroup(pid, 'SIGKILL')).not.toThrow()
  })
})

describe('a process that never began', () => {
  // kill(-0) is kill(0): the caller's whole group
  it('is not taken for the group of who asks', async () => {
    const module = fileURLToPath(new URL('../../../automation/engine/processes.ts', import.meta.url))
    const script = `const { signalGroup } = await import(${JSON.stringify(module)}); signalGroup(0, 'SIGKILL')`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { detached: true, stdio: 'ignore' })
    expect(await once(child, 'exit')).toEqual([0, null])
  })
})

describe('the processes of an operation', () => {
  it('are found by the mark that they inherited, and no others', async () => {
    const one = await start('op-mark-1')
    const other = await start('op-mark-12')
    expect(await processesOf('op-mark-1')).toEqual([one.pid])
    expect(await processesOf('op-mark-12')).toEqual([other.pid])
  })

  it('are ended until none is left, in whatever group they are', async () => {
    const first = await start('op-end')
    const second = await start('op-end')
    const other = await start('op-stays')
    await endProcessesOf('op-end')
    expect([identify(first.pid), identify(second.pid)]).toEqual([null, null])
    expect(identify(other.pid)).not.toBeNull()
  })
})
