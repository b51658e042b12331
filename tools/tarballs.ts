/** `pnpm tarballs <folder>`: packs every package there and prints the line that installs them. After `pnpm build`. */
import { resolve } from 'node:path'
import { packPackages } from './packed-packages.ts'

const [folder] = process.argv.slice(2)
if (folder === undefined) throw new Error('pnpm tarballs <folder>: where to?')
const tarballs = packPackages(resolve(folder))
process.stdout.write(`npm install --save-dev ${[...tarballs.values()].join(' ')}\n`)
