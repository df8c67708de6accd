/* A certification request for a key that the engine never sees: OpenSSL holds it and signs. In its place could be a
 * token (PKCS#11), a TPM, or a key management service. */

#include <sealwright.h>

#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>

#include "example.h"

/* The half of the signature that each of r and s takes with P-256, in bytes. */
#define HALF 32

/* A signature as OpenSSL writes it (RFC 3279 2.2.3) as r and s, one after the other. */
static int raw_signature(const uint8_t *der, size_t der_len, uint8_t *raw) {
  ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &der, (long)der_len);
  int done = signature != NULL && BN_bn2binpad(ECDSA_SIG_get0_r(signature), raw, HALF) == HALF &&
             BN_bn2binpad(ECDSA_SIG_get0_s(signature), raw + HALF, HALF) == HALF;
  ECDSA_SIG_free(signature);
  return done;
}

/* A sealwright_key_callback. The context is the key; with several keys it would be what finds one by question->key. */
static int sign(void *context, const sealwright_question *question, uint8_t *answer, size_t *answer_len) {
  EVP_PKEY *key = (EVP_PKEY *)context;
  EVP_MD_CTX *digest = EVP_MD_CTX_new();
  uint8_t der[128];
  size_t der_len = sizeof der;
  int done = strcmp(question->operation, "sign") == 0 && strcmp(question->scheme, "ecdsa_p256_sha256") == 0 &&
             digest != NULL && *answer_len >= 2 * HALF &&
             EVP_DigestSignInit(digest, NULL, EVP_sha256(), NULL, key) == 1 &&
             EVP_DigestSign(digest, der, &der_len, question->input, question->input_len) == 1 &&
             raw_signature(der, der_len, answer);
  EVP_MD_CTX_free(digest);
  *answer_len = 2 * HALF;
  return done ? SEALWRIGHT_ANSWERED : -1;
}

/* The public half, which the engine has to know. */
static void set_public_key(sealwright_request *request, const EVP_PKEY *key) {
  BIO *memory = BIO_new(BIO_s_mem());
  char *pem;
  long len;
  if (memory == NULL || PEM_write_bio_PUBKEY(memory, (EVP_PKEY *)key) != 1) exit(1);
  len = BIO_get_mem_data(memory, &pem);
  sealwright_request_set_text(request, "key.public_key", pem, (size_t)len);
  BIO_free(memory);
}

int main(void) {
  EVP_PKEY *key = EVP_EC_gen("P-256");
  sealwright_engine *engine = open_engine();
  sealwright_request *request = sealwright_request_new("create_csr");
  sealwright_response *response;
  if (key == NULL) return 1;
  sealwright_request_set_text(request, "subject", "CN=laptop-7,O=Example", SEALWRIGHT_TO_NUL);
  sealwright_request_set_text(request, "key.id", "in-openssl", SEALWRIGHT_TO_NUL);
  set_public_key(request, key);
  if (sealwright_perform(engine, request, sign, key, &response) != SEALWRIGHT_OK) fail_with(response);
  fputs(sealwright_response_text(response, "csr", NULL), stdout);
  sealwright_response_free(response);
  sealwright_request_free(request);
  sealwright_engine_free(engine);
  EVP_PKEY_free(key);
  return 0;
}
