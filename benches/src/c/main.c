/* bench FOLDER rsa|ec SECONDS: a line for each kind of work, with the times a second of the key that is lent, of the key
 * outside, and of OpenSSL; 0 where there is none. */

#include "bench.h"

#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void need(int done, const char *what) {
  if (done) return;
  fprintf(stderr, "%s failed\n", what);
  exit(1);
}

static char *read_file(const char *folder, const char *name) {
  char path[4096], *text = (char *)malloc(LONGEST);
  FILE *file;
  size_t len;
  need(text != NULL && (size_t)snprintf(path, sizeof path, "%s/%s", folder, name) < sizeof path, "the path");
  file = fopen(path, "rb");
  need(file != NULL, path);
  len = fread(text, 1, LONGEST, file);
  need(len < LONGEST, "reading");
  text[len] = '\0';
  fclose(file);
  return text;
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* How often a second, once it was done before. */
static double rate(work *work, const cast *cast, double seconds) {
  double start, elapsed;
  long count = 0;
  if (work == NULL) return 0;
  work(cast);
  start = now();
  do {
    work(cast);
    count++;
    elapsed = now() - start;
  } while (elapsed < seconds);
  return (double)count / elapsed;
}

static void row(const char *what, const cast *cast, double seconds, work *lent, work *outside, work *openssl) {
  double ours = rate(lent, cast, seconds), elsewhere = rate(outside, cast, seconds);
  printf("%s\t%f\t%f\t%f\n", what, ours, elsewhere, rate(openssl, cast, seconds));
}

static void lend(cast *cast) {
  sealwright_buffer out;
  uint32_t status = sealwright_engine_import_key(cast->lent, (const uint8_t *)"root", 4, (const uint8_t *)cast->key,
                                                 strlen(cast->key), &out);
  need(status == SEALWRIGHT_OK, "importing the key");
  sealwright_buffer_free(&out);
}

int main(int count, char **arguments) {
  cast cast;
  double seconds;
  BIO *memory;
  need(count == 4, "finding three arguments");
  cast.is_rsa = strcmp(arguments[2], "rsa") == 0;
  seconds = atof(arguments[3]);
  cast.key = read_file(arguments[1], "key");
  cast.public_key = read_file(arguments[1], "public_key");
  cast.authority = read_file(arguments[1], "authority");
  cast.csr = read_file(arguments[1], "csr");
  cast.root = read_file(arguments[1], "root");
  cast.leaf = read_file(arguments[1], "leaf");
  cast.token = read_file(arguments[1], "token");
  cast.bundle = read_file(arguments[1], "bundle");
  memory = BIO_new_mem_buf(cast.key, -1);
  cast.openssl_key = PEM_read_bio_PrivateKey(memory, NULL, NULL, NULL);
  BIO_free(memory);
  cast.lent = sealwright_engine_new();
  cast.empty = sealwright_engine_new();
  lend(&cast);
  row("sign CSR", &cast, seconds, sign_csr, sign_csr_outside, openssl_sign_csr);
  row("verify path", &cast, seconds, verify_path, NULL, openssl_verify_path);
  row("mint token", &cast, seconds, mint_token, mint_token_outside, openssl_mint_token);
  row("verify token", &cast, seconds, verify_token, NULL, openssl_verify_token);
  row("parse 1,000 certs", &cast, seconds, parse_certificates, NULL, openssl_parse_certificates);
  return 0;
}
