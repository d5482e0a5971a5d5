// Signs a request as a bot, with the public test key. Prints the header fields as one line of JSON.
import { signatureHeaders } from "web-bot-auth";
import { signerFromJWK } from "web-bot-auth/crypto";

// From RFC 9421, appendix B.1.4.
const KEY = {
  kty: "OKP",
  crv: "Ed25519",
  kid: "test-key-ed25519",
  d: "n4Ni-HpISpVObnQMW0wOhCKROaIKqKtW_2ZYb2p9KcU",
  x: "JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs",
};
// The package writes the older form of the field: one string.
const [, , url, origin] = process.argv;
const agent = `"${origin}"`;
const request = new Request(url, { headers: { "Signature-Agent": agent } });
const created = new Date();
const headers = await signatureHeaders(request, await signerFromJWK(KEY), {
  created,
  expires: new Date(created.getTime() + 60_000),
});
console.log(JSON.stringify({ ...headers, "Signature-Agent": agent }));
