// Makes the proof in human_pass.json with the public Semaphore client. From a folder prepared as semaphore.mjs says:
//
//   cp PATH/specs/vectors/human_pass.mjs . && node human_pass.mjs PATH/specs/vectors/human_pass.json
//
// The sealed key and the request in it are inputs: the request is what the page shows when its randomness is that of the test
// in crates/pass/tests/it/pages.rs.
import { readFileSync, writeFileSync } from "node:fs"
import { Group } from "@semaphore-protocol/group"
import { Identity } from "@semaphore-protocol/identity"
import { generateProof, verifyProof } from "@semaphore-protocol/proof"

const path = process.argv[2]
const vector = JSON.parse(readFileSync(path, "utf8"))
const members = [0, 1, 2, 3, 4].map((number) => new Identity(`lilliput vector member ${number}`))
const group = new Group(members.map((member) => member.commitment))
const stem = `node_modules/@zk-kit/semaphore-artifacts/semaphore-${group.depth}`
const { message, scope } = vector.request
const proof = await generateProof(members[2], group, message, scope, group.depth, {
    wasm: `${stem}.wasm`,
    zkey: `${stem}.zkey`
})
if (!(await verifyProof(proof))) {
    throw new Error("the client refuses its own proof")
}
writeFileSync(path, `${JSON.stringify({ ...vector, root: String(group.root), proof }, null, 1)}\n`)
process.exit(0)
