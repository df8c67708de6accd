/* A program in C99 that uses the interface of JSON. It takes the path of a P-256 key (PKCS#8, PEM), checks
 * what it is answered, and prints a certification request. */

#include <sealwright.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

static const uint8_t *octets(const char *text) { return (const uint8_t *)text; }

static uint32_t call(const sealwright_engine *engine, const char *request, sealwright_buffer *out) {
  return sealwright_call(engine, octets(request), strlen(request), out);
}

/* A copy of the response with a NUL at its end; it gives the buffer back. */
static char *take(sealwright_buffer *buffer) {
  char *text = malloc(buffer->len + 1);
  CHECK(text != NULL);
  CHECK(buffer->data != NULL);
  memcpy(text, buffer->data, buffer->len);
  text[buffer->len] = '\0';
  sealwright_buffer_free(buffer);
  CHECK(buffer->data == NULL && buffer->len == 0);
  sealwright_buffer_free(buffer);
  return text;
}

/* The value of a string field, its escapes left as they are, so that it can go into another request. */
static char *field(const char *json, const char *name) {
  char pattern[64];
  const char *start, *end;
  char *value;
  CHECK(strlen(name) < 50);
  sprintf(pattern, "\"%s\":\"", name);
  start = strstr(json, pattern);
  CHECK(start != NULL);
  start += strlen(pattern);
  end = strchr(start, '"');
  CHECK(end != NULL);
  value = malloc((size_t)(end - start) + 1);
  CHECK(value != NULL);
  memcpy(value, start, (size_t)(end - start));
  value[end - start] = '\0';
  return value;
}

/* Prints JSON text whose only escape is the line feed. */
static void print_lines(const char *text) {
  for (; *text != '\0'; text++) {
    if (text[0] == '\\' && text[1] == 'n') {
      putchar('\n');
      text++;
    } else {
      CHECK(*text != '\\');
      putchar(*text);
    }
  }
}

static uint32_t import_key(sealwright_engine *engine, const char *id, const char *pem, size_t len,
                           sealwright_buffer *out) {
  return sealwright_engine_import_key(engine, octets(id), strlen(id), octets(pem), len, out);
}

/* The response has this text in it; it gives the buffer back. */
static void expect(sealwright_buffer *buffer, const char *text) {
  char *response = take(buffer);
  CHECK(strstr(response, text) != NULL);
  free(response);
}

static size_t read_file(const char *path, char *into, size_t size) {
  FILE *file = fopen(path, "rb");
  size_t len;
  CHECK(file != NULL);
  len = fread(into, 1, size, file);
  CHECK(len > 0 && len < size);
  fclose(file);
  return len;
}

static char *generate_key(const sealwright_engine *engine) {
  sealwright_buffer out;
  char *response, *again, *public_key;
  const char *request =
      "{\"op\":\"generate_key\",\"algorithm\":\"p256\","
      "\"seed\":\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\"}";
  CHECK(call(engine, request, &out) == SEALWRIGHT_OK);
  response = take(&out);
  CHECK(strncmp(response, "{\"ok\":{", 7) == 0);
  CHECK(call(engine, request, &out) == SEALWRIGHT_OK);
  again = take(&out);
  CHECK(strcmp(response, again) == 0);
  public_key = field(response, "public_key");
  free(response);
  free(again);
  return public_key;
}

static void create_csr(sealwright_engine *engine, const char *path) {
  char pem[4096];
  sealwright_buffer out;
  char *response, *csr;
  size_t len = read_file(path, pem, sizeof pem);
  const char *request =
      "{\"op\":\"create_csr\",\"key\":{\"id\":\"device\"},\"subject\":\"CN=device-7,O=Acme\"}";
  CHECK(call(engine, request, &out) == SEALWRIGHT_ERROR_KEY_UNKNOWN);
  free(take(&out));
  CHECK(import_key(engine, "device", pem, len, &out) == SEALWRIGHT_OK);
  expect(&out, "{\"ok\":{}}");
  CHECK(call(engine, request, &out) == SEALWRIGHT_OK);
  response = take(&out);
  csr = field(response, "csr");
  print_lines(csr);
  free(csr);
  free(response);
}

static int silent(void *context, const sealwright_question *question, uint8_t *answer, size_t *answer_len) {
  CHECK(question->input_len > 100 && answer != NULL && *answer_len == SEALWRIGHT_MAX_ANSWER);
  CHECK(strcmp(question->operation, "sign") == 0 && strcmp(question->key, "elsewhere") == 0);
  CHECK(question->key_len == strlen(question->key) && strcmp(question->scheme, "ecdsa_p256_sha256") == 0);
  *(int *)context += 1;
  return -1;
}

static int wrong(void *context, const sealwright_question *question, uint8_t *answer, size_t *answer_len) {
  (void)question;
  memset(answer, 1, 64);
  *answer_len = 64;
  *(int *)context += 1;
  return SEALWRIGHT_ANSWERED;
}

static uint32_t call_with(const sealwright_engine *engine, const char *request, sealwright_key_callback callback,
                          int *asked, sealwright_buffer *out) {
  *asked = 0;
  return sealwright_call_with_callback(engine, octets(request), strlen(request), callback, asked, out);
}

/* The engine does not hold the key, so it asks; and a wrong answer does not get past it. */
static void needs(const sealwright_engine *engine, const char *public_key) {
  char request[2048];
  sealwright_buffer out;
  char *response, *value, *again;
  int asked;
  const char *format =
      "{\"op\":\"create_csr\",\"key\":{\"id\":\"elsewhere\",\"public_key\":\"%s\"},"
      "\"subject\":\"CN=device-7\"%s}";
  CHECK(strlen(public_key) < 1024);
  sprintf(request, format, public_key, "");
  CHECK(call(engine, request, &out) == SEALWRIGHT_NEEDS);
  response = take(&out);
  CHECK(strncmp(response, "{\"needs\":[", 10) == 0);
  value = field(response, "key");
  CHECK(strcmp(value, "elsewhere") == 0);
  free(value);
  value = field(response, "use");
  CHECK(strcmp(value, "sign") == 0);
  free(value);
  value = field(response, "scheme");
  CHECK(strcmp(value, "ecdsa_p256_sha256") == 0);
  free(value);
  value = field(response, "input");
  CHECK(strlen(value) > 100);
  free(value);
  CHECK(call_with(engine, request, NULL, &asked, &out) == SEALWRIGHT_NEEDS && asked == 0);
  expect(&out, response);
  CHECK(call_with(engine, request, silent, &asked, &out) == SEALWRIGHT_NEEDS && asked == 1);
  again = take(&out);
  CHECK(strcmp(response, again) == 0);
  free(again);
  free(response);
  CHECK(call_with(engine, request, wrong, &asked, &out) == SEALWRIGHT_ERROR_KEY_ANSWER_INVALID && asked == 1);
  expect(&out, "not a signature by the key");
  sprintf(request, format, public_key, ",\"answers\":[\"AAAA\"]");
  CHECK(call(engine, request, &out) == SEALWRIGHT_ERROR_KEY_ANSWER_INVALID);
  free(take(&out));
  CHECK(call_with(engine, request, wrong, &asked, &out) == SEALWRIGHT_ERROR_KEY_ANSWER_INVALID && asked == 0);
  free(take(&out));
  CHECK(call_with(NULL, request, wrong, &asked, &out) == SEALWRIGHT_ERROR_ARGUMENT_INVALID && asked == 0);
  expect(&out, "\"at\":\"engine\"");
}

static void errors(sealwright_engine *engine) {
  sealwright_buffer out;
  char *response, *code;
  CHECK(call(engine, "{\"op\":\"no_such_thing\"}", &out) == SEALWRIGHT_ERROR_OPERATION_UNKNOWN);
  response = take(&out);
  code = field(response, "code");
  CHECK(strcmp(code, "operation_unknown") == 0);
  free(code);
  free(response);
  CHECK(call(engine, "nonsense", &out) == SEALWRIGHT_ERROR_REQUEST_MALFORMED);
  free(take(&out));
  CHECK(sealwright_call(engine, NULL, 0, &out) == SEALWRIGHT_ERROR_REQUEST_MALFORMED);
  free(take(&out));
  CHECK(sealwright_call(engine, octets("\xff\xfe"), 2, &out) == SEALWRIGHT_ERROR_REQUEST_MALFORMED);
  free(take(&out));
  CHECK(import_key(engine, "a", "no key", 6, &out) == SEALWRIGHT_ERROR_PEM_MALFORMED);
  expect(&out, "found no PEM block, wanted PRIVATE KEY");
}

/* Misuse that can be seen is an error and not a crash. */
static void misuse(sealwright_engine *engine) {
  sealwright_buffer out;
  char *response, *at;
  sealwright_engine *odd_engine = (sealwright_engine *)((char *)engine + 1);
  sealwright_buffer *odd_buffer = (sealwright_buffer *)((char *)&out + 1);
  CHECK(sealwright_call(NULL, octets("{}"), 2, &out) == SEALWRIGHT_ERROR_ARGUMENT_INVALID);
  response = take(&out);
  at = field(response, "at");
  CHECK(strcmp(at, "engine") == 0);
  free(at);
  free(response);
  CHECK(sealwright_call(engine, NULL, 2, &out) == SEALWRIGHT_ERROR_ARGUMENT_INVALID);
  free(take(&out));
  CHECK(sealwright_call(engine, octets("{}"), (size_t)-1, &out) == SEALWRIGHT_ERROR_ARGUMENT_INVALID);
  free(take(&out));
  CHECK(sealwright_call(engine, octets("{}"), 2, NULL) == SEALWRIGHT_ERROR_ARGUMENT_INVALID);
  CHECK(sealwright_call(odd_engine, octets("{}"), 2, &out) == SEALWRIGHT_ERROR_ARGUMENT_INVALID);
  expect(&out, "not aligned");
  CHECK(sealwright_call(engine, octets("{}"), 2, odd_buffer) == SEALWRIGHT_ERROR_ARGUMENT_INVALID);
  CHECK(import_key(NULL, "a", "b", 1, &out) == SEALWRIGHT_ERROR_ARGUMENT_INVALID);
  expect(&out, "\"at\":\"engine\"");
  CHECK(import_key(odd_engine, "a", "b", 1, &out) == SEALWRIGHT_ERROR_ARGUMENT_INVALID);
  expect(&out, "not aligned");
  CHECK(sealwright_engine_import_key(engine, NULL, 1, octets("b"), 1, &out) ==
        SEALWRIGHT_ERROR_ARGUMENT_INVALID);
  expect(&out, "\"at\":\"id\"");
  CHECK(import_key(engine, "\xff", "b", 1, &out) == SEALWRIGHT_ERROR_ARGUMENT_INVALID);
  expect(&out, "UTF-8");
  CHECK(import_key(engine, "a", "b", 1, NULL) == SEALWRIGHT_ERROR_PEM_MALFORMED);
  CHECK(import_key(engine, "a", "b", 1, odd_buffer) == SEALWRIGHT_ERROR_ARGUMENT_INVALID);
  sealwright_engine_free(NULL);
  sealwright_engine_free(odd_engine);
  sealwright_buffer_free(odd_buffer);
  sealwright_buffer_free(NULL);
  sealwright_dealloc(NULL, 0);
  sealwright_dealloc(NULL, 7);
}

static void memory(void) {
  uint8_t *data = sealwright_alloc(1000);
  CHECK(data != NULL);
  CHECK((uintptr_t)data % 16 == 0);
  memset(data, 1, 1000);
  sealwright_dealloc(data, 1000);
  CHECK(sealwright_alloc(0) == NULL);
  CHECK(sealwright_alloc((size_t)-1) == NULL);
}

int main(int count, char **arguments) {
  sealwright_engine *engine;
  char *public_key;
  CHECK(count == 2);
  CHECK(sealwright_abi_version() == SEALWRIGHT_ABI_VERSION);
  engine = sealwright_engine_new();
  CHECK(engine != NULL);
  memory();
  misuse(engine);
  errors(engine);
  public_key = generate_key(engine);
  needs(engine, public_key);
  free(public_key);
  create_csr(engine, arguments[1]);
  sealwright_engine_free(engine);
  return 0;
}
