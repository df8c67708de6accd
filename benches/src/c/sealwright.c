/* The work of the library: requests by their fields, made anew each time. */

#include "bench.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static int sign(void *context, const sealwright_question *question, uint8_t *answer, size_t *answer_len) {
  *answer_len = sign_raw((const cast *)context, question->input, question->input_len, answer);
  return SEALWRIGHT_ANSWERED;
}

static void set(sealwright_request *request, const char *field, const char *value) {
  sealwright_request_set_text(request, field, value, SEALWRIGHT_TO_NUL);
}

static void perform(const cast *cast, sealwright_request *request, int outside, const char *wanted) {
  sealwright_response *response;
  const sealwright_engine *engine = outside ? cast->empty : cast->lent;
  uint32_t status = sealwright_perform(engine, request, sign, (void *)cast, &response);
  if (status != SEALWRIGHT_OK) fprintf(stderr, "%s\n", sealwright_response_text(response, "detail", NULL));
  need(status == SEALWRIGHT_OK && sealwright_response_kind(response, wanted) != SEALWRIGHT_KIND_ABSENT, wanted);
  sealwright_response_free(response);
  sealwright_request_free(request);
}

static void sign_csr_with(const cast *cast, int outside) {
  static uint32_t number;
  sealwright_request *request = sealwright_request_new("sign_csr");
  uint8_t seed[32] = {0};
  number++;
  memcpy(seed, &number, sizeof number);
  sealwright_request_set_bytes(request, "seed", seed, sizeof seed);
  sealwright_request_set_json(request, "authority", cast->authority, SEALWRIGHT_TO_NUL);
  sealwright_request_set_integer(request, "now", time(NULL));
  set(request, "profile", "tls-server");
  set(request, "csr", cast->csr);
  perform(cast, request, outside, "certificate");
}

void sign_csr(const cast *cast) { sign_csr_with(cast, 0); }

void sign_csr_outside(const cast *cast) { sign_csr_with(cast, 1); }

void verify_path(const cast *cast) {
  sealwright_request *request = sealwright_request_new("verify_path");
  sealwright_request_set_integer(request, "now", time(NULL));
  set(request, "certificate", cast->leaf);
  set(request, "anchors.0.certificate", cast->root);
  set(request, "purpose", "tls_server");
  set(request, "identities.0", "dns:host.example.com");
  perform(cast, request, 0, "path");
}

static void mint_token_with(const cast *cast, int outside) {
  sealwright_request *request = sealwright_request_new("mint_jwt");
  sealwright_request_set_integer(request, "now", time(NULL));
  set(request, "key.id", "root");
  set(request, "key.public_key", cast->public_key);
  set(request, "token.shape", "compatible");
  set(request, "token.subject", "app");
  set(request, "token.issuer", "portal");
  sealwright_request_set_integer(request, "token.lifetime_seconds", 3600);
  perform(cast, request, outside, "token");
}

void mint_token(const cast *cast) { mint_token_with(cast, 0); }

void mint_token_outside(const cast *cast) { mint_token_with(cast, 1); }

void verify_token(const cast *cast) {
  sealwright_request *request = sealwright_request_new("verify_jwt");
  sealwright_request_set_integer(request, "now", time(NULL));
  set(request, "token", cast->token);
  set(request, "keys.0.public_key", cast->public_key);
  set(request, "policy.issuers.0", "portal");
  perform(cast, request, 0, "claims");
}

void parse_certificates(const cast *cast) {
  int turn;
  for (turn = 0; turn < BUNDLES; turn++) {
    sealwright_request *request = sealwright_request_new("inspect");
    set(request, "input", cast->bundle);
    perform(cast, request, 0, "objects.249");
  }
}
