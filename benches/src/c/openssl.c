/* The same work by OpenSSL, as a program in C would do it. Its keys are read once. */

#include "bench.h"

#include <openssl/ecdsa.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

size_t sign_raw(const cast *cast, const uint8_t *message, size_t len, uint8_t *signature) {
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  uint8_t der[1024];
  const uint8_t *start = der;
  size_t der_len = sizeof der;
  ECDSA_SIG *parts;
  need(EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, cast->openssl_key) == 1, "EVP_DigestSignInit");
  need(EVP_DigestSign(context, der, &der_len, message, len) == 1, "EVP_DigestSign");
  EVP_MD_CTX_free(context);
  if (cast->is_rsa) {
    memcpy(signature, der, der_len);
    return der_len;
  }
  parts = d2i_ECDSA_SIG(NULL, &start, (long)der_len);
  BN_bn2binpad(ECDSA_SIG_get0_r(parts), signature, HALF);
  BN_bn2binpad(ECDSA_SIG_get0_s(parts), signature + HALF, HALF);
  ECDSA_SIG_free(parts);
  return 2 * HALF;
}

static X509 *read_certificate(BIO *memory) { return PEM_read_bio_X509(memory, NULL, NULL, NULL); }

static X509 *certificate(const char *pem) {
  BIO *memory = BIO_new_mem_buf(pem, -1);
  X509 *read = read_certificate(memory);
  need(read != NULL, "reading a certificate");
  BIO_free(memory);
  return read;
}

static void add(X509 *leaf, X509V3_CTX *context, int name, const char *value) {
  X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, context, name, value);
  need(extension != NULL && X509_add_ext(leaf, extension, -1) == 1, value);
  X509_EXTENSION_free(extension);
}

/* The extensions of the profile; the alternative names are those of the request. */
static void add_extensions(X509 *leaf, X509 *root, X509_REQ *csr) {
  X509V3_CTX context;
  STACK_OF(X509_EXTENSION) *asked = X509_REQ_get_extensions(csr);
  int index = X509v3_get_ext_by_NID(asked, NID_subject_alt_name, -1);
  X509V3_set_ctx(&context, root, leaf, NULL, NULL, 0);
  add(leaf, &context, NID_key_usage, "critical,digitalSignature");
  add(leaf, &context, NID_ext_key_usage, "serverAuth");
  add(leaf, &context, NID_subject_key_identifier, "hash");
  add(leaf, &context, NID_authority_key_identifier, "keyid");
  need(X509_add_ext(leaf, X509v3_get_ext(asked, index), -1) == 1, "the alternative names");
  sk_X509_EXTENSION_pop_free(asked, X509_EXTENSION_free);
}

void openssl_sign_csr(const cast *cast) {
  BIO *request = BIO_new_mem_buf(cast->csr, -1), *printed = BIO_new(BIO_s_mem());
  X509_REQ *csr = PEM_read_bio_X509_REQ(request, NULL, NULL, NULL);
  EVP_PKEY *key = X509_REQ_get0_pubkey(csr);
  X509 *root = certificate(cast->root), *leaf = X509_new();
  uint8_t serial[20];
  BIGNUM *number;
  need(X509_REQ_verify(csr, key) == 1 && RAND_bytes(serial, sizeof serial) == 1, "verifying the request");
  serial[0] = (serial[0] & 0x7f) | 0x40;
  number = BN_bin2bn(serial, sizeof serial, NULL);
  BN_to_ASN1_INTEGER(number, X509_get_serialNumber(leaf));
  X509_set_version(leaf, X509_VERSION_3);
  X509_gmtime_adj(X509_getm_notBefore(leaf), 0);
  X509_gmtime_adj(X509_getm_notAfter(leaf), 30 * 86400);
  X509_set_subject_name(leaf, X509_REQ_get_subject_name(csr));
  X509_set_issuer_name(leaf, X509_get_subject_name(root));
  X509_set_pubkey(leaf, key);
  add_extensions(leaf, root, csr);
  need(X509_sign(leaf, cast->openssl_key, EVP_sha256()) > 0, "X509_sign");
  need(PEM_write_bio_X509(printed, leaf) == 1, "writing a certificate");
  BN_free(number);
  X509_free(leaf);
  X509_free(root);
  X509_REQ_free(csr);
  BIO_free(request);
  BIO_free(printed);
}

void openssl_verify_path(const cast *cast) {
  X509 *root = certificate(cast->root), *leaf = certificate(cast->leaf);
  X509_STORE *store = X509_STORE_new();
  X509_STORE_CTX *context = X509_STORE_CTX_new();
  X509_STORE_add_cert(store, root);
  need(X509_STORE_CTX_init(context, store, leaf, NULL) == 1, "X509_STORE_CTX_init");
  X509_STORE_CTX_set_purpose(context, X509_PURPOSE_SSL_SERVER);
  X509_VERIFY_PARAM_set1_host(X509_STORE_CTX_get0_param(context), "host.example.com", 0);
  need(X509_verify_cert(context) == 1, "X509_verify_cert");
  X509_STORE_CTX_free(context);
  X509_STORE_free(store);
  X509_free(leaf);
  X509_free(root);
}

/* Base64url without padding (RFC 4648 section 5); gives the number of characters. */
static size_t encode(const uint8_t *bytes, size_t len, char *text) {
  int length = EVP_EncodeBlock((unsigned char *)text, bytes, (int)len);
  char *place;
  for (place = text; *place != '\0'; place++) *place = *place == '+' ? '-' : *place == '/' ? '_' : *place;
  while (length > 0 && text[length - 1] == '=') text[--length] = '\0';
  return (size_t)length;
}

static size_t decode(const char *text, size_t len, uint8_t *bytes) {
  char padded[2048];
  size_t index, padding = (4 - len % 4) % 4;
  need(len + 4 < sizeof padded, "room for a part of a token");
  for (index = 0; index < len; index++) padded[index] = text[index] == '-' ? '+' : text[index] == '_' ? '/' : text[index];
  for (; index < len + padding; index++) padded[index] = '=';
  return (size_t)EVP_DecodeBlock(bytes, (const unsigned char *)padded, (int)(len + padding)) - padding;
}

void openssl_mint_token(const cast *cast) {
  char claims[256], token[2048];
  uint8_t signature[1024];
  const char *header = cast->is_rsa ? "{\"alg\":\"RS256\"}" : "{\"alg\":\"ES256\"}";
  size_t len = encode((const uint8_t *)header, strlen(header), token);
  token[len++] = '.';
  sprintf(claims, "{\"sub\":\"app\",\"iss\":\"portal\",\"exp\":%ld}", (long)time(NULL) + 3600);
  len += encode((const uint8_t *)claims, strlen(claims), token + len);
  encode(signature, sign_raw(cast, (const uint8_t *)token, len, signature), token + len + 1);
}

/* The signature alone: OpenSSL reads no claims. */
void openssl_verify_token(const cast *cast) {
  const char *end = strrchr(cast->token, '.');
  uint8_t raw[1024], *der = NULL;
  size_t len = decode(end + 1, strlen(end + 1), raw);
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  const uint8_t *signature = raw;
  if (!cast->is_rsa) {
    ECDSA_SIG *parts = ECDSA_SIG_new();
    ECDSA_SIG_set0(parts, BN_bin2bn(raw, HALF, NULL), BN_bin2bn(raw + HALF, HALF, NULL));
    len = (size_t)i2d_ECDSA_SIG(parts, &der);
    signature = der;
    ECDSA_SIG_free(parts);
  }
  need(EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, cast->openssl_key) == 1, "EVP_DigestVerifyInit");
  need(EVP_DigestVerify(context, signature, len, (const uint8_t *)cast->token, (size_t)(end - cast->token)) == 1,
       "EVP_DigestVerify");
  EVP_MD_CTX_free(context);
  OPENSSL_free(der);
}

void openssl_parse_certificates(const cast *cast) {
  int turn, count = 0;
  for (turn = 0; turn < BUNDLES; turn++) {
    BIO *memory = BIO_new_mem_buf(cast->bundle, -1);
    X509 *read;
    while ((read = read_certificate(memory)) != NULL) {
      char *subject = X509_NAME_oneline(X509_get_subject_name(read), NULL, 0);
      /* This reads the extensions. */
      X509_check_purpose(read, -1, 0);
      OPENSSL_free(subject);
      X509_free(read);
      count++;
    }
    BIO_free(memory);
  }
  need(count == 1000, "finding 1,000 certificates");
}
