/* An authority is made, a device asks it for a certificate, and the certificate is printed: PEM, and what an inventory
 * would keep of it. Every byte of it depends on `now` and on the seeds alone. */

#include <sealwright.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "example.h"

/* The result of a request, or the end of the program with what went wrong. */
static sealwright_response *perform(const sealwright_engine *engine, sealwright_request *request) {
  sealwright_response *response;
  if (sealwright_perform(engine, request, NULL, NULL, &response) != SEALWRIGHT_OK) fail_with(response);
  sealwright_request_free(request);
  return response;
}

/* A P-256 key that is lent to the engine under an id. */
static void make_key(sealwright_engine *engine, const char *id) {
  sealwright_request *request = sealwright_request_new("generate_key");
  sealwright_response *response;
  const char *pem;
  size_t len;
  uint32_t status;
  sealwright_request_set_text(request, "algorithm", "p256", SEALWRIGHT_TO_NUL);
  set_seed(request);
  response = perform(engine, request);
  pem = sealwright_response_text(response, "private_key", &len);
  status = sealwright_engine_import_key(engine, (const uint8_t *)id, strlen(id), (const uint8_t *)pem, len, NULL);
  if (status != SEALWRIGHT_OK) fail("importing a key", status);
  sealwright_response_free(response);
}

static sealwright_response *create_authority(const sealwright_engine *engine, time_t now) {
  sealwright_request *request = sealwright_request_new("create_authority");
  sealwright_request_set_text(request, "subject", "CN=Example Root,O=Example", SEALWRIGHT_TO_NUL);
  sealwright_request_set_text(request, "key.id", "root", SEALWRIGHT_TO_NUL);
  sealwright_request_set_text(request, "crl_urls.0", "http://pki.example/root.crl", SEALWRIGHT_TO_NUL);
  sealwright_request_set_integer(request, "now", now);
  set_seed(request);
  return perform(engine, request);
}

static sealwright_response *create_csr(const sealwright_engine *engine) {
  sealwright_request *request = sealwright_request_new("create_csr");
  sealwright_request_set_text(request, "subject", "CN=laptop-7,O=Example", SEALWRIGHT_TO_NUL);
  sealwright_request_set_text(request, "subject_alternative_names.0", "dns:laptop-7.example", SEALWRIGHT_TO_NUL);
  sealwright_request_set_text(request, "key.id", "laptop-7", SEALWRIGHT_TO_NUL);
  return perform(engine, request);
}

static sealwright_response *sign_csr(const sealwright_engine *engine, const sealwright_response *authority,
                                     const sealwright_response *csr, time_t now) {
  sealwright_request *request = sealwright_request_new("sign_csr");
  sealwright_buffer stored;
  /* The value to keep in a file or a database; the authority's key is not in it. */
  if (sealwright_response_json(authority, "authority", &stored) != SEALWRIGHT_OK) exit(1);
  sealwright_request_set_json(request, "authority", (const char *)stored.data, stored.len);
  sealwright_buffer_free(&stored);
  sealwright_request_set_text(request, "csr", sealwright_response_text(csr, "csr", NULL), SEALWRIGHT_TO_NUL);
  sealwright_request_set_text(request, "profile", "device-identity", SEALWRIGHT_TO_NUL);
  sealwright_request_set_integer(request, "now", now);
  set_seed(request);
  return perform(engine, request);
}

int main(void) {
  sealwright_engine *engine = open_engine();
  time_t now = time(NULL);
  sealwright_response *authority, *csr, *signed_csr;
  int64_t not_after;
  make_key(engine, "root");
  make_key(engine, "laptop-7");
  authority = create_authority(engine, now);
  csr = create_csr(engine);
  signed_csr = sign_csr(engine, authority, csr, now);
  if (sealwright_response_integer(signed_csr, "record.not_after", &not_after) != SEALWRIGHT_OK) return 1;
  fprintf(stderr, "serial %s, good for %d days, %d certificate above it\n",
          sealwright_response_text(signed_csr, "record.serial", NULL), (int)((not_after - now) / 86400),
          (int)sealwright_response_count(signed_csr, "chain"));
  fputs(sealwright_response_text(signed_csr, "certificate", NULL), stdout);
  fputs(sealwright_response_text(signed_csr, "chain.0", NULL), stdout);
  sealwright_response_free(signed_csr);
  sealwright_response_free(csr);
  sealwright_response_free(authority);
  sealwright_engine_free(engine);
  return 0;
}
