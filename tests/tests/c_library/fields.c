/* Requests by their fields, and what nobody should do with them. Compiled with AFTER_FREE for a debug build of the
 * library, it uses what it has freed as well. */

#define _POSIX_C_SOURCE 200809L
#include <sealwright.h>
#include <string.h>
#include <unistd.h>

#include "check.h"

#define NUL SEALWRIGHT_TO_NUL
#define HUGE 100000000

static sealwright_engine *engine;

static sealwright_response *perform(sealwright_request *request, uint32_t wanted) {
  sealwright_response *response = NULL;
  CHECK(sealwright_perform(engine, request, NULL, NULL, &response) == wanted);
  CHECK(response != NULL && sealwright_response_status(response) == wanted);
  sealwright_request_free(request);
  return response;
}

static void expect(sealwright_request *request, uint32_t wanted, const char *code, const char *at) {
  sealwright_response *response = perform(request, wanted);
  const char *found = sealwright_response_text(response, "at", NULL);
  CHECK(strcmp(sealwright_response_text(response, "code", NULL), code) == 0);
  CHECK(at == NULL ? found == NULL : found != NULL && strcmp(found, at) == 0);
  CHECK(sealwright_response_text(response, "detail", NULL) != NULL);
  sealwright_response_free(response);
}

static sealwright_request *csr(void) {
  sealwright_request *request = sealwright_request_new("create_csr");
  CHECK(sealwright_request_set_text(request, "subject", "CN=device-7", NUL) == SEALWRIGHT_OK);
  CHECK(sealwright_request_set_text(request, "key.id", "device", NUL) == SEALWRIGHT_OK);
  return request;
}

static sealwright_response *generated_key(void) {
  sealwright_request *request = sealwright_request_new("generate_key");
  uint8_t seed[32] = {0};
  CHECK(sealwright_request_set_text(request, "algorithm", "p256", NUL) == SEALWRIGHT_OK);
  CHECK(sealwright_request_set_bytes(request, "seed", seed, sizeof seed) == SEALWRIGHT_OK);
  return perform(request, SEALWRIGHT_OK);
}

static void every_kind_of_field(void) {
  sealwright_request *request = sealwright_request_new("inspect");
  sealwright_response *response;
  sealwright_buffer bytes;
  const char *name;
  int64_t integer = 7;
  int boolean = 7;
  size_t len = 7;
  CHECK(sealwright_request_set_text(request, "input", "?", NUL) == SEALWRIGHT_OK);
  response = generated_key();
  CHECK(sealwright_response_kind(response, "") == SEALWRIGHT_KIND_OBJECT);
  CHECK(sealwright_response_count(response, "") == 2);
  name = sealwright_response_name(response, "", 0, &len);
  CHECK(name != NULL && len == strlen(name) && sealwright_response_kind(response, name) == SEALWRIGHT_KIND_TEXT);
  CHECK(sealwright_response_name(response, "", 2, &len) == NULL && len == 0);
  CHECK(sealwright_response_name(response, name, 0, NULL) == NULL);
  /* It replaces the value that was there. */
  CHECK(sealwright_request_set_text(request, "input", sealwright_response_text(response, "public_key", NULL), NUL) ==
        SEALWRIGHT_OK);
  sealwright_response_free(response);
  response = perform(request, SEALWRIGHT_OK);
  CHECK(sealwright_response_kind(response, "objects") == SEALWRIGHT_KIND_LIST);
  CHECK(sealwright_response_count(response, "objects") == 1);
  CHECK(sealwright_response_kind(response, "objects.0") == SEALWRIGHT_KIND_OBJECT);
  CHECK(sealwright_response_kind(response, "objects.1") == SEALWRIGHT_KIND_ABSENT);
  CHECK(sealwright_response_integer(response, "objects", &integer) == SEALWRIGHT_ERROR_FIELD_INVALID && integer == 7);
  CHECK(sealwright_response_boolean(response, "objects", &boolean) == SEALWRIGHT_ERROR_FIELD_INVALID && boolean == 7);
  CHECK(sealwright_response_text(response, "objects", &len) == NULL && len == 0);
  CHECK(sealwright_response_bytes(response, "objects", &bytes) == SEALWRIGHT_ERROR_FIELD_INVALID);
  CHECK(bytes.data == NULL && bytes.len == 0);
  CHECK(sealwright_response_bytes(response, "absent", &bytes) == SEALWRIGHT_ERROR_FIELD_INVALID);
  CHECK(sealwright_response_json(response, "objects.0", &bytes) == SEALWRIGHT_OK);
  CHECK(bytes.len > 2 && bytes.data[0] == '{' && bytes.data[bytes.len - 1] == '}');
  sealwright_buffer_free(&bytes);
  sealwright_response_free(response);
}

/* Lengths count, whatever the bytes are. */
static void bytes_and_lengths(void) {
  sealwright_request *request = sealwright_request_new("write_ocsp_error");
  sealwright_response *response;
  sealwright_buffer der;
  CHECK(sealwright_request_set_text(request, "", "x", NUL) == SEALWRIGHT_ERROR_ARGUMENT_INVALID);
  sealwright_request_free(request);
  request = sealwright_request_new("write_ocsp_error");
  CHECK(sealwright_request_set_text(request, "status", "try_later and more", 9) == SEALWRIGHT_OK);
  response = perform(request, SEALWRIGHT_OK);
  CHECK(sealwright_response_bytes(response, "response", &der) == SEALWRIGHT_OK);
  CHECK(der.len == 5 && memcmp(der.data, "\x30\x03\x0a\x01\x03", 5) == 0);
  sealwright_buffer_free(&der);
  sealwright_response_free(response);
  request = sealwright_request_new("write_ocsp_error");
  CHECK(sealwright_request_set_text(request, "status", "try_later", 10) == SEALWRIGHT_OK);
  expect(request, SEALWRIGHT_ERROR_REQUEST_MALFORMED, "request_malformed", "status");
}

/* As many fields as a request has room for: were each one looked for among the others, a debug
 * build would not end in time. */
static void many_fields(void) {
  enum { FIELDS = 300000 };
  char *json = (char *)malloc(FIELDS * 16 + 2), *end = json;
  sealwright_request *request = csr();
  int index;
  alarm(300);
  CHECK(json != NULL);
  *end++ = '{';
  for (index = 0; index < FIELDS; index++) end += sprintf(end, "%s\"f%d\":0", index > 0 ? "," : "", index);
  *end++ = '}';
  CHECK(sealwright_request_set_json(request, "x", json, (size_t)(end - json)) == SEALWRIGHT_OK);
  free(json);
  expect(request, SEALWRIGHT_ERROR_REQUEST_MALFORMED, "request_malformed", NULL);
  alarm(0);
}

/* A claim whose name has a period, set and read. */
static void names_of_any_kind(void) {
  sealwright_request *request = sealwright_request_new("mint_jwt");
  sealwright_response *pair = generated_key(), *minted, *verified;
  const char *pem = sealwright_response_text(pair, "private_key", NULL);
  const char *claim = "claims[\"example.com/user\"]";
  double number = 0;
  int64_t integer = 0;
  CHECK(sealwright_engine_import_key(engine, (const uint8_t *)"t", 1, (const uint8_t *)pem, strlen(pem), NULL) ==
        SEALWRIGHT_OK);
  sealwright_request_set_integer(request, "now", 1800000000);
  sealwright_request_set_text(request, "key.id", "t", NUL);
  sealwright_request_set_json(request, "token", "{\"shape\":\"compatible\",\"issuer\":\"portal\"}", NUL);
  sealwright_request_set_text(request, "token[\"subject\"]", "seven", NUL);
  sealwright_request_set_text(request, "token.names.subject", "example.com/user", NUL);
  sealwright_request_set_integer(request, "token.lifetime_seconds", 60);
  minted = perform(request, SEALWRIGHT_OK);
  request = sealwright_request_new("verify_jwt");
  sealwright_request_set_integer(request, "now", 1800000000);
  sealwright_request_set_text(request, "token", sealwright_response_text(minted, "token", NULL), NUL);
  sealwright_request_set_text(request, "keys.0.public_key", sealwright_response_text(pair, "public_key", NULL), NUL);
  sealwright_request_set_text(request, "policy.issuers.0", "portal", NUL);
  verified = perform(request, SEALWRIGHT_OK);
  CHECK(strcmp(sealwright_response_text(verified, claim, NULL), "seven") == 0);
  CHECK(sealwright_response_kind(verified, "claims.example.com/user") == SEALWRIGHT_KIND_ABSENT);
  CHECK(sealwright_response_number(verified, "claims.exp", &number) == SEALWRIGHT_OK && number == 1800000060.0);
  CHECK(sealwright_response_integer(verified, "claims.exp", &integer) == SEALWRIGHT_OK && integer == 1800000060);
  CHECK(sealwright_response_number(verified, claim, &number) == SEALWRIGHT_ERROR_FIELD_INVALID);
  sealwright_response_free(verified);
  sealwright_response_free(minted);
  sealwright_response_free(pair);
}

static void the_first_error_is_kept(void) {
  sealwright_request *request = csr();
  char *huge = (char *)calloc(1, HUGE);
  CHECK(huge != NULL);
  CHECK(sealwright_request_set_text(request, "subject.0", "x", NUL) == SEALWRIGHT_ERROR_FIELD_INVALID);
  CHECK(sealwright_request_set_text(request, "a..b", "x", NUL) == SEALWRIGHT_ERROR_ARGUMENT_INVALID);
  expect(request, SEALWRIGHT_ERROR_FIELD_INVALID, "field_invalid", "subject.0");
  request = csr();
  CHECK(sealwright_request_set_text(request, "crl_urls.1", "x", NUL) == SEALWRIGHT_ERROR_FIELD_INVALID);
  expect(request, SEALWRIGHT_ERROR_FIELD_INVALID, "field_invalid", "crl_urls.1");
  request = csr();
  CHECK(sealwright_request_set_json(request, "x", "{\"a\":1,\"a\":2}", NUL) == SEALWRIGHT_ERROR_REQUEST_MALFORMED);
  expect(request, SEALWRIGHT_ERROR_REQUEST_MALFORMED, "request_malformed", "x");
  request = csr();
  CHECK(sealwright_request_set_text(request, "x", "\xff", NUL) == SEALWRIGHT_ERROR_ARGUMENT_INVALID);
  expect(request, SEALWRIGHT_ERROR_ARGUMENT_INVALID, "argument_invalid", "value");
  request = csr();
  CHECK(sealwright_request_set_bytes(request, "x", (uint8_t *)huge, HUGE) == SEALWRIGHT_ERROR_REQUEST_TOO_LARGE);
  expect(request, SEALWRIGHT_ERROR_REQUEST_TOO_LARGE, "request_too_large", "x");
  request = csr();
  CHECK(sealwright_request_set_text(request, "x", huge, HUGE) == SEALWRIGHT_ERROR_REQUEST_TOO_LARGE);
  sealwright_request_free(request);
  request = csr();
  CHECK(sealwright_request_set_json(request, "x", huge, HUGE) == SEALWRIGHT_ERROR_REQUEST_TOO_LARGE);
  sealwright_request_free(request);
  free(huge);
  /* Not of the builder, but of the engine. */
  expect(csr(), SEALWRIGHT_ERROR_KEY_UNKNOWN, "key_unknown", "key");
  expect(sealwright_request_new("no_such_thing"), SEALWRIGHT_ERROR_OPERATION_UNKNOWN, "operation_unknown", "op");
}

static void names_of_errors(void) {
  CHECK(strcmp(sealwright_error_name(SEALWRIGHT_ERROR_KEY_UNKNOWN), "key_unknown") == 0);
  CHECK(sealwright_error_name(SEALWRIGHT_ERROR_KEY_UNKNOWN) == sealwright_error_name(1201));
  CHECK(sealwright_error_name(SEALWRIGHT_OK) == NULL && sealwright_error_name(SEALWRIGHT_NEEDS) == NULL);
  CHECK(sealwright_error_name(9999) == NULL && sealwright_error_name(UINT32_MAX) == NULL);
}

static void large_requests(void) {
  sealwright_buffer out;
  uint8_t *huge = (uint8_t *)malloc(HUGE);
  CHECK(huge != NULL);
  memset(huge, '[', HUGE);
  CHECK(sealwright_call(engine, huge, HUGE, &out) == SEALWRIGHT_ERROR_REQUEST_TOO_LARGE);
  sealwright_buffer_free(&out);
  CHECK(sealwright_call(engine, huge, 16000000, &out) == SEALWRIGHT_ERROR_REQUEST_MALFORMED);
  sealwright_buffer_free(&out);
  free(huge);
}

static int silent(void *context, const sealwright_question *question, uint8_t *answer, size_t *answer_len) {
  CHECK(context != NULL && question->input_len > 0 && answer != NULL && *answer_len == SEALWRIGHT_MAX_ANSWER);
  CHECK(strcmp(question->operation, "sign") == 0 && strcmp(question->key, "elsewhere") == 0);
  CHECK(question->key_len == strlen(question->key) && strcmp(question->scheme, "ecdsa_p256_sha256") == 0);
  *(int *)context += 1;
  return -1;
}

static int boastful(void *context, const sealwright_question *question, uint8_t *answer, size_t *answer_len) {
  (void)context, (void)question, (void)answer;
  *answer_len = SEALWRIGHT_MAX_ANSWER + 1;
  return SEALWRIGHT_ANSWERED;
}

static int wrong(void *context, const sealwright_question *question, uint8_t *answer, size_t *answer_len) {
  (void)context, (void)question;
  memset(answer, 1, 64);
  *answer_len = 64;
  return SEALWRIGHT_ANSWERED;
}

#ifdef AFTER_FREE
static sealwright_request *performed;

/* What is in use is neither changed nor freed. */
static int meddle(void *context, const sealwright_question *question, uint8_t *answer, size_t *answer_len) {
  (void)context, (void)question, (void)answer, (void)answer_len;
  CHECK(sealwright_request_set_integer(performed, "now", 1) == SEALWRIGHT_ERROR_ARGUMENT_INVALID);
  CHECK(sealwright_engine_import_key(engine, (const uint8_t *)"k", 1, (const uint8_t *)"?", 1, NULL) ==
        SEALWRIGHT_ERROR_ARGUMENT_INVALID);
  sealwright_request_free(performed);
  sealwright_engine_free(engine);
  return -1;
}

/* Of a request in JSON, the engine alone is the library's. */
static int meddle_with_engine(void *context, const sealwright_question *question, uint8_t *answer,
                              size_t *answer_len) {
  (void)question, (void)answer, (void)answer_len;
  CHECK(sealwright_engine_import_key(engine, (const uint8_t *)"k", 1, (const uint8_t *)"?", 1, NULL) ==
        SEALWRIGHT_ERROR_ARGUMENT_INVALID);
  sealwright_engine_free(engine);
  *(int *)context += 1;
  return -1;
}

static void meddle_by_json(const sealwright_response *pair) {
  char request[1024];
  sealwright_buffer key, out;
  int asked = 0;
  CHECK(sealwright_response_json(pair, "public_key", &key) == SEALWRIGHT_OK && key.len < 512);
  sprintf(request, "{\"op\":\"create_csr\",\"subject\":\"CN=a\",\"key\":{\"id\":\"k\",\"public_key\":%.*s}}", (int)key.len,
          (const char *)key.data);
  sealwright_buffer_free(&key);
  CHECK(sealwright_call_with_callback(engine, (const uint8_t *)request, strlen(request), meddle_with_engine, &asked,
                                      &out) == SEALWRIGHT_NEEDS);
  CHECK(asked == 1);
  sealwright_buffer_free(&out);
}
#endif

/* A key whose id has a NUL in it. */
static int odd(void *context, const sealwright_question *question, uint8_t *answer, size_t *answer_len) {
  (void)context, (void)answer, (void)answer_len;
  CHECK(question->key_len == 3 && memcmp(question->key, "a\0b", 4) == 0);
  return -1;
}

static void keys_elsewhere(void) {
  sealwright_response *pair = generated_key(), *response;
  sealwright_request *request = csr();
  sealwright_buffer input;
  int asked = 0;
  sealwright_request_set_text(request, "key.id", "elsewhere", NUL);
  sealwright_request_set_text(request, "key.public_key", sealwright_response_text(pair, "public_key", NULL), NUL);
  sealwright_response_free(pair);
  CHECK(sealwright_perform(engine, request, NULL, NULL, &response) == SEALWRIGHT_NEEDS);
  CHECK(strcmp(sealwright_response_text(response, "use", NULL), "sign") == 0);
  CHECK(sealwright_response_bytes(response, "input", &input) == SEALWRIGHT_OK && input.len > 0);
  sealwright_buffer_free(&input);
  sealwright_response_free(response);
  CHECK(sealwright_perform(engine, request, silent, &asked, &response) == SEALWRIGHT_NEEDS && asked == 1);
  sealwright_response_free(response);
  CHECK(sealwright_perform(engine, request, boastful, NULL, &response) == SEALWRIGHT_ERROR_KEY_ANSWER_INVALID);
  /* Not what is said of a wrong answer. */
  CHECK(strcmp(sealwright_response_text(response, "detail", NULL), "the callback claims an answer of 8193 bytes") == 0);
  sealwright_response_free(response);
  CHECK(sealwright_perform(engine, request, wrong, NULL, &response) == SEALWRIGHT_ERROR_KEY_ANSWER_INVALID);
  sealwright_response_free(response);
  /* Answers that the request has itself come first, so there is nothing left to ask. */
  CHECK(sealwright_request_set_json(request, "answers", "[]", NUL) == SEALWRIGHT_OK);
  CHECK(sealwright_perform(engine, request, wrong, NULL, &response) == SEALWRIGHT_ERROR_KEY_ANSWER_INVALID);
  sealwright_response_free(response);
  CHECK(sealwright_request_set_bytes(request, "answers.0", (const uint8_t *)"?", 1) == SEALWRIGHT_OK);
  asked = 0;
  CHECK(sealwright_perform(engine, request, silent, &asked, &response) == SEALWRIGHT_ERROR_KEY_ANSWER_INVALID);
  CHECK(asked == 0);
  sealwright_response_free(response);
  CHECK(sealwright_request_set_json(request, "answers", "[]", NUL) == SEALWRIGHT_OK);
  CHECK(sealwright_request_set_text(request, "key.id", "a\0b", 3) == SEALWRIGHT_OK);
  CHECK(sealwright_perform(engine, request, odd, NULL, &response) == SEALWRIGHT_NEEDS);
  sealwright_response_free(response);
  sealwright_request_free(request);
}

static void nothing_where_something_is_wanted(void) {
  sealwright_request *request = csr();
  sealwright_response *response;
  sealwright_buffer out;
  int64_t integer;
  int boolean;
  const uint32_t invalid = SEALWRIGHT_ERROR_ARGUMENT_INVALID;
  CHECK(sealwright_request_new(NULL) == NULL && sealwright_request_new("\xff") == NULL);
  CHECK(sealwright_request_set_text(NULL, "a", "b", NUL) == invalid);
  CHECK(sealwright_request_set_text(request, NULL, "b", NUL) == invalid);
  CHECK(sealwright_request_set_text(request, "a", NULL, NUL) == invalid);
  CHECK(sealwright_request_set_text(request, "a", NULL, 1) == invalid);
  CHECK(sealwright_request_set_text(request, "subject_alternative_names", NULL, 0) == SEALWRIGHT_OK);
  CHECK(sealwright_request_set_bytes(NULL, "a", NULL, 0) == invalid);
  CHECK(sealwright_request_set_bytes(request, "a", NULL, 1) == invalid);
  CHECK(sealwright_request_set_integer(NULL, "a", 1) == invalid);
  CHECK(sealwright_request_set_boolean(NULL, "a", 1) == invalid);
  CHECK(sealwright_request_set_json(request, "a", NULL, 1) == invalid);
  CHECK(sealwright_perform(NULL, request, NULL, NULL, &response) == invalid);
  CHECK(strcmp(sealwright_response_text(response, "at", NULL), "engine") == 0);
  sealwright_response_free(response);
  CHECK(sealwright_perform(engine, NULL, NULL, NULL, &response) == invalid);
  CHECK(sealwright_perform(engine, request, NULL, NULL, NULL) == invalid);
  CHECK(sealwright_response_text(response, NULL, NULL) == NULL);
  CHECK(sealwright_response_integer(response, "at", NULL) == invalid);
  CHECK(sealwright_response_boolean(response, "at", NULL) == invalid);
  CHECK(sealwright_response_bytes(response, "at", NULL) == invalid);
  CHECK(sealwright_response_json(response, "at", NULL) == invalid);
  CHECK(sealwright_response_kind(response, NULL) == SEALWRIGHT_KIND_ABSENT);
  sealwright_response_free(response);
  CHECK(sealwright_response_status(NULL) == invalid);
  CHECK(sealwright_response_kind(NULL, "a") == SEALWRIGHT_KIND_ABSENT);
  CHECK(sealwright_response_text(NULL, "a", NULL) == NULL);
  CHECK(sealwright_response_name(NULL, "a", 0, NULL) == NULL);
  CHECK(sealwright_response_count(NULL, "a") == 0);
  CHECK(sealwright_response_integer(NULL, "a", &integer) == invalid);
  CHECK(sealwright_response_boolean(NULL, "a", &boolean) == invalid);
  CHECK(sealwright_response_bytes(NULL, "a", &out) == invalid && out.data == NULL);
  CHECK(sealwright_response_json(NULL, "a", &out) == invalid && out.data == NULL);
  sealwright_response_free(NULL);
  sealwright_request_free(NULL);
  sealwright_request_free(request);
}

#ifdef AFTER_FREE
static void what_has_been_freed(void) {
  sealwright_request *request = csr();
  sealwright_engine *other = sealwright_engine_new();
  sealwright_response *response = generated_key(), *error;
  sealwright_buffer out, copy;
  sealwright_request_free(request);
  CHECK(sealwright_request_set_integer(request, "now", 1) == SEALWRIGHT_ERROR_ARGUMENT_INVALID);
  CHECK(sealwright_perform(engine, request, NULL, NULL, &error) == SEALWRIGHT_ERROR_ARGUMENT_INVALID);
  CHECK(strcmp(sealwright_response_text(error, "at", NULL), "request") == 0);
  sealwright_response_free(error);
  sealwright_request_free(request);
  sealwright_response_free(response);
  CHECK(sealwright_response_kind(response, "") == SEALWRIGHT_KIND_ABSENT);
  CHECK(sealwright_response_text(response, "public_key", NULL) == NULL);
  sealwright_response_free(response);
  sealwright_engine_free(other);
  CHECK(sealwright_call(other, (const uint8_t *)"{}", 2, &out) == SEALWRIGHT_ERROR_ARGUMENT_INVALID);
  copy = out;
  sealwright_buffer_free(&out);
  sealwright_buffer_free(&copy);
  sealwright_engine_free(other);
  performed = csr();
  response = generated_key();
  sealwright_request_set_text(performed, "key.public_key", sealwright_response_text(response, "public_key", NULL), NUL);
  meddle_by_json(response);
  sealwright_response_free(response);
  CHECK(sealwright_perform(engine, performed, meddle, NULL, &response) == SEALWRIGHT_NEEDS);
  sealwright_response_free(response);
  /* Both are still there. */
  CHECK(sealwright_perform(engine, performed, NULL, NULL, &response) == SEALWRIGHT_NEEDS);
  sealwright_response_free(response);
  sealwright_request_free(performed);
  /* One sort of value in the place of another. */
  CHECK(sealwright_response_status((sealwright_response *)engine) == SEALWRIGHT_ERROR_ARGUMENT_INVALID);
}
#endif

int main(void) {
  engine = sealwright_engine_new();
  CHECK(engine != NULL);
  every_kind_of_field();
  bytes_and_lengths();
  many_fields();
  names_of_any_kind();
  the_first_error_is_kept();
  names_of_errors();
  large_requests();
  keys_elsewhere();
  nothing_where_something_is_wanted();
#ifdef AFTER_FREE
  what_has_been_freed();
#endif
  sealwright_engine_free(engine);
  return 0;
}
