/* The C library and OpenSSL at the same work; see c.rs. */

#ifndef BENCH_H
#define BENCH_H

#include <openssl/evp.h>
#include <sealwright.h>

/* The longest file, with the NUL that is put behind it, in bytes. */
#define LONGEST (1 << 20)

/* The octets of r and of s with P-256. */
#define HALF 32

/* How often a bundle is read in a turn, so that it is 1,000 certificates. */
#define BUNDLES 4

/* What both sides work with: texts of the folder's files, and the authority's key in each. */
typedef struct {
  int is_rsa;
  char *key, *public_key, *authority, *csr, *root, *leaf, *token, *bundle;
  EVP_PKEY *openssl_key;
  sealwright_engine *lent, *empty;
} cast;

/* A piece of work; it ends the program if it fails. */
typedef void work(const cast *cast);

/* With the key lent to the engine, and with the key in OpenSSL. */
work sign_csr, sign_csr_outside, verify_path, mint_token, mint_token_outside, verify_token, parse_certificates;

work openssl_sign_csr, openssl_verify_path, openssl_mint_token, openssl_verify_token, openssl_parse_certificates;

/* A signature in the form of JWS (RFC 7515): of ECDSA r and s. `signature` has room for 1,024 bytes. */
size_t sign_raw(const cast *cast, const uint8_t *message, size_t len, uint8_t *signature);

/* Ends the program where something that cannot fail has failed. */
void need(int done, const char *what);

#endif
