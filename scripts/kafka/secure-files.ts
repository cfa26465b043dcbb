import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runCommand } from '../needs/run-command.ts'

/** Made for one test broker: an authority, what it signed, and one account. PEM files. */
export type SecureFiles = {
  readonly authorityFile: string
  readonly keyStoreFile: string
  readonly clientCertificateFile: string
  readonly clientKeyFile: string
  readonly user: string
  readonly password: string
}

const limitMs = 20_000
const days = '30'

const openssl = (folder: string, args: readonly string[]) =>
  runCommand(['openssl', ...args], { cwd: folder, limitMs })

const newKey = ['-newkey', 'rsa:2048', '-nodes']

const makeAuthority = (folder: string) =>
  openssl(folder, [
    ...['req', '-x509', ...newKey, '-keyout', 'authority.key', '-out', 'authority.pem'],
    ...['-days', days, '-subj', '/CN=test authority'],
    ...['-addext', 'keyUsage=critical,keyCertSign'],
  ])

const makeSigned = async (folder: string, name: string, extensions: string): Promise<void> => {
  await writeFile(join(folder, `${name}.ext`), extensions)
  await openssl(folder, [
    ...['req', ...newKey, '-keyout', `${name}.key`, '-out', `${name}.csr`],
    ...['-subj', `/CN=test ${name}`],
  ])
  await openssl(folder, [
    ...['x509', '-req', '-in', `${name}.csr`, '-CA', 'authority.pem', '-CAkey', 'authority.key'],
    ...['-CAcreateserial', '-extfile', `${name}.ext`, '-days', days, '-out', `${name}.pem`],
  ])
}

/** What the secure listeners of a broker need, made in `folder` the first time it is asked for. */
export const secureFiles = async (folder: string): Promise<SecureFiles> => {
  const path = (name: string): string => join(folder, name)
  // written last: where it is, the rest is
  const passwordFile = path('password')
  if (!existsSync(passwordFile)) {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await makeAuthority(folder)
    await makeSigned(folder, 'broker', 'subjectAltName=IP:127.0.0.1,DNS:localhost\n')
    await makeSigned(folder, 'client', 'extendedKeyUsage=clientAuth\n')
    const both = await Promise.all(['broker.key', 'broker.pem'].map((name) => readFile(path(name))))
    await writeFile(path('broker-store.pem'), Buffer.concat(both))
    await writeFile(passwordFile, randomBytes(18).toString('base64url'), { mode: 0o600 })
  }
  return {
    authorityFile: path('authority.pem'),
    keyStoreFile: path('broker-store.pem'),
    clientCertificateFile: path('client.pem'),
    clientKeyFile: path('client.key'),
    user: 'pulse',
    password: await readFile(passwordFile, 'utf8'),
  }
}
