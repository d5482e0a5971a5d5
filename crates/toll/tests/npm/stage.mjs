// A network with a token, and a facilitator for it. Prints where they are as one line of JSON, and runs until
// its input ends.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { x402Facilitator } from "@x402/core/facilitator";
import { toFacilitatorEvmSigner } from "@x402/evm";
import { ExactEvmScheme } from "@x402/evm/exact/facilitator";
import solc from "solc";
import { createWalletClient, http, publicActions } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";

// Keys that every test network of this kind knows.
const DEPLOYER = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
const PAYER = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";

const anvil = spawn("node_modules/.bin/anvil", ["--host", "127.0.0.1", "--port", "0"]);
process.on("exit", () => anvil.kill());
const rpc = await new Promise((resolve, reject) => {
  createInterface({ input: anvil.stdout }).on("line", (line) => {
    const found = line.match(/Listening on (127\.0\.0\.1:\d+)/);
    if (found) resolve(`http://${found[1]}`);
  });
  anvil.on("exit", () => reject(new Error("the network ended")));
});

const source = readFileSync("token.sol", "utf8");
const compiled = JSON.parse(
  solc.compile(
    JSON.stringify({
      language: "Solidity",
      sources: { "token.sol": { content: source } },
      settings: {
        optimizer: { enabled: true },
        outputSelection: { "*": { "*": ["abi", "evm.bytecode.object"] } },
      },
    }),
  ),
);
const contract = compiled.contracts["token.sol"].Token;
const wallet = createWalletClient({
  account: privateKeyToAccount(DEPLOYER),
  chain: foundry,
  transport: http(rpc),
}).extend(publicActions);
const deployed = await wallet.deployContract({
  abi: contract.abi,
  bytecode: `0x${contract.evm.bytecode.object}`,
  args: [PAYER, 1_000_000n],
});
const { contractAddress: token } = await wallet.waitForTransactionReceipt({ hash: deployed });

const signer = toFacilitatorEvmSigner({
  address: wallet.account.address,
  readContract: (asked) => wallet.readContract({ ...asked, args: asked.args ?? [] }),
  verifyTypedData: (asked) => wallet.verifyTypedData(asked),
  writeContract: (asked) => wallet.writeContract({ ...asked, args: asked.args ?? [] }),
  sendTransaction: (asked) => wallet.sendTransaction(asked),
  waitForTransactionReceipt: (asked) => wallet.waitForTransactionReceipt(asked),
  getCode: (asked) => wallet.getCode(asked),
});
const facilitator = new x402Facilitator().register("eip155:31337", new ExactEvmScheme(signer));

const server = createServer((request, response) => {
  let text = "";
  request.on("data", (part) => (text += part));
  request.on("end", async () => {
    try {
      const { paymentPayload, paymentRequirements } = JSON.parse(text);
      const step = request.url === "/settle" ? "settle" : "verify";
      const said = await facilitator[step](paymentPayload, paymentRequirements);
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(said, (_, value) => (typeof value === "bigint" ? `${value}` : value)));
    } catch (error) {
      response.statusCode = 500;
      response.end(JSON.stringify({ error: `${error}` }));
    }
  });
});
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address();
  console.log(JSON.stringify({ rpc, token, facilitator: `http://127.0.0.1:${port}` }));
});
process.stdin.on("end", () => process.exit(0)).resume();
