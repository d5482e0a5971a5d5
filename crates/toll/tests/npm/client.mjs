// Fetches an address, paying if asked to. Prints what came back as one line of JSON.
import { wrapFetchWithPayment, x402Client, x402HTTPClient } from "@x402/fetch";
import { ExactEvmScheme } from "@x402/evm/exact/client";
import { privateKeyToAccount } from "viem/accounts";

// The second key that every test network of this kind knows.
const PAYER = "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d";

const client = new x402Client().register("eip155:*", new ExactEvmScheme(privateKeyToAccount(PAYER)));
// By itself the client pays in the well-known tokens only; ours was made a second ago.
client.setSpendControls({ allowedAssets: true });
let sent;
const observed = (input, init) => {
  const request = new Request(input, init);
  sent = request.headers.get("PAYMENT-SIGNATURE") ?? sent;
  return fetch(request);
};
const began = performance.now();
const response = await wrapFetchWithPayment(observed, client)(process.argv[2]);
const body = await response.text();
const milliseconds = Math.round(performance.now() - began);
const settled = response.headers.get("PAYMENT-RESPONSE")
  ? new x402HTTPClient(client).getPaymentSettleResponse((name) => response.headers.get(name))
  : null;
console.log(JSON.stringify({ status: response.status, body, settled, sent, milliseconds }));
