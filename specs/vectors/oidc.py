"""Makes oidc.json: tokens signed by OpenSSL (through Python's cryptography), so that they aren't checked only against signatures
of the library that checks them. Keys are made for this and used nowhere else. ECDSA draws: each run makes another file."""

import base64
import json

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils


def encoded(value):
    if isinstance(value, dict):
        value = json.dumps(value, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def number(value, length):
    return encoded(value.to_bytes(length, "big"))


def claims(subject):
    return {"iss": "https://login.example", "aud": "client-1", "sub": subject, "nonce": "the-nonce", "iat": 1800000000, "exp": 1800003600}


keys, tokens = [], []
for bits in (2048, 3072, 4096):
    secret = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    name = f"rsa-{bits}"
    modulus = secret.public_key().public_numbers().n
    keys.append({"kty": "RSA", "use": "sig", "alg": "RS256", "kid": name, "e": "AQAB", "n": number(modulus, bits // 8)})
    signed = encoded({"alg": "RS256", "kid": name, "typ": "JWT"}) + "." + encoded(claims(name))
    tokens.append(signed + "." + encoded(secret.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())))
for index in range(3):
    secret = ec.generate_private_key(ec.SECP256R1())
    name, point = f"ec-{index}", secret.public_key().public_numbers()
    keys.append({"kty": "EC", "crv": "P-256", "kid": name, "x": number(point.x, 32), "y": number(point.y, 32)})
    signed = encoded({"alg": "ES256", "kid": name}) + "." + encoded(claims(name))
    r, s = utils.decode_dss_signature(secret.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    tokens.append(signed + "." + encoded(r.to_bytes(32, "big") + s.to_bytes(32, "big")))

vectors = {"about": "Made by oidc.py.", "now_s": 1800000010, "key_set": {"keys": keys}, "tokens": tokens}
with open("oidc.json", "w") as file:
    json.dump(vectors, file, indent=1)
    file.write("\n")
